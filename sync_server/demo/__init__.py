"""The demo: a server, a tablet and a console on one machine, with invented people."""
