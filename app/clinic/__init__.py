"""What a clinic does, as changes: each verb builds one Change and saves nothing.

Effects of screens call a verb, then `vault.commit(change)`; the server's decisions
will use the same verbs. Pure but for `library`, which reads the assets.
"""
