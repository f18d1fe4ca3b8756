"""Accounts: registering, signing in, passwords, profiles and roles."""

from solicit.people.service.accounts import (
    Profile,
    change_profile,
    create_person,
    end_sign_ins,
    give_role,
    register,
    take_role,
)
from solicit.people.service.attempts import Checked, TooManyTries, begin_attempt, check_password, forget_attempts
from solicit.people.service.credentials import Credentials, WeakPassword
from solicit.people.service.demo import demo_key, person_of_demo_key
from solicit.people.service.links import (
    LinkUsedUp,
    ask_for_letter,
    confirm_email,
    owner_of_link,
    sign_in_path,
    use_magic_link,
    write_letter,
)
from solicit.people.service.passwords import WrongPassword, change_password, reset_password

__all__ = [
    "Checked",
    "Credentials",
    "LinkUsedUp",
    "Profile",
    "TooManyTries",
    "WeakPassword",
    "WrongPassword",
    "ask_for_letter",
    "begin_attempt",
    "change_password",
    "change_profile",
    "check_password",
    "confirm_email",
    "create_person",
    "demo_key",
    "end_sign_ins",
    "forget_attempts",
    "give_role",
    "owner_of_link",
    "person_of_demo_key",
    "register",
    "reset_password",
    "sign_in_path",
    "take_role",
    "use_magic_link",
    "write_letter",
]
