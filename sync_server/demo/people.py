"""Invented people of the demo, and what they answered. Nobody here exists."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person: who, since when, and what was asked already.

    `phq9` are nine answers from 0 to 3; `tb` the link ids answered yes.
    """

    latin: str
    original: str
    sex: str
    age: int
    language: str
    origin: str
    minutes: int
    phone: str = ""
    status: str = "arrived"
    phq9: tuple[int, ...] = ()
    tb: tuple[str, ...] | None = None
    who: str = ""


# minutes: how long ago the person arrived. phone numbers: reserved for fiction.
PEOPLE = (
    Person(
        "Amina Haddad",
        "أمينة حداد",
        "female",
        34,
        "ar",
        "SY",
        190,
        phone="+442079460011",
        status="finished",
        phq9=(1, 2, 1, 2, 1, 1, 1, 0, 0),
        tb=(),
    ),
    Person("Yusuf Haddad", "يوسف حداد", "male", 8, "ar", "SY", 188, who="parent"),
    Person(
        "Selam Tesfay",
        "ሰላም ተስፋይ",
        "female",
        27,
        "ti",
        "ER",
        160,
        status="in-progress",
        phq9=(2, 3, 2, 2, 1, 2, 2, 1, 1),
        tb=("fever",),
    ),
    Person(
        "Filmon Haile",
        "ፊልሞን ሃይለ",
        "male",
        16,
        "ti",
        "ER",
        150,
        status="triaged",
        tb=("cough", "cough-over-two-weeks", "night-sweats"),
        who="nobody",
    ),
    Person(
        "Mariama Barry",
        "Mariama Barry",
        "female",
        22,
        "fr",
        "GN",
        140,
        phone="+442079460022",
        status="triaged",
        tb=(),
    ),
    Person(
        "Ahmad Rahimi",
        "احمد رحیمی",
        "male",
        41,
        "fa",
        "AF",
        120,
        status="triaged",
        tb=("weight-loss", "cough"),
    ),
    Person("Zahra Rahimi", "زهرا رحیمی", "female", 38, "fa", "AF", 118),
    Person(
        "Oksana Kovalenko",
        "Оксана Коваленко",
        "female",
        52,
        "uk",
        "UA",
        95,
        phone="+442079460033",
        status="finished",
        phq9=(0, 1, 1, 1, 0, 0, 0, 0, 0),
        tb=(),
    ),
    Person(
        "Abdirahman Warsame",
        "Cabdiraxmaan Warsame",
        "male",
        29,
        "so",
        "SO",
        80,
        status="triaged",
        tb=(),
    ),
    Person("Nasrin Khatun", "নাসরিন খাতুন", "female", 31, "bn", "BD", 65),
    Person(
        "", "", "male", 45, "ar", "SD", 60, status="triaged", tb=("blood-in-sputum",)
    ),
    Person(
        "Ibrahim Diallo", "Ibrahim Diallo", "male", 17, "fr", "GN", 50, who="nobody"
    ),
    Person("Fatou Camara", "Fatou Camara", "female", 24, "fr", "GN", 42),
    Person("Leila Mansour", "ليلى منصور", "female", 61, "ar", "SY", 30),
    Person("Dawit Gebremedhin", "ዳዊት ገብረመድህን", "male", 33, "ti", "ER", 18),
    Person("Samira Osman", "سميرة عثمان", "female", 19, "ar", "SD", 7),
)
