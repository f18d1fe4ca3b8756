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
from solicit.people.service.address import (
    SameAddress,
    ask_for_address,
    confirm_new_address,
    forget_address_changes,
    new_address_of_link,
    write_address_letters,
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
from solicit.people.service.second_factor import (
    WrongCode,
    attempts_name,
    begin_setup,
    check_second_factor,
    confirm_setup,
    new_recovery_codes,
    remove_second_factor,
    setup_of,
)
from solicit.people.service.tokens import create_token, end_token

__all__ = [
    "Checked",
    "Credentials",
    "LinkUsedUp",
    "Profile",
    "SameAddress",
    "TooManyTries",
    "WeakPassword",
    "WrongCode",
    "WrongPassword",
    "ask_for_address",
    "ask_for_letter",
    "attempts_name",
    "begin_attempt",
    "begin_setup",
    "change_password",
    "change_profile",
    "check_password",
    "check_second_factor",
    "confirm_email",
    "confirm_new_address",
    "confirm_setup",
    "create_person",
    "create_token",
    "demo_key",
    "end_sign_ins",
    "end_token",
    "forget_address_changes",
    "forget_attempts",
    "give_role",
    "new_address_of_link",
    "new_recovery_codes",
    "owner_of_link",
    "person_of_demo_key",
    "register",
    "remove_second_factor",
    "reset_password",
    "setup_of",
    "sign_in_path",
    "take_role",
    "use_magic_link",
    "write_address_letters",
    "write_letter",
]
