"""What keeps an anonymous answer anonymous, also from us."""

import hashlib
import hmac

#: Inside a ward, a distribution is shown from this many answers up.
#: Source: the programme gave wards their own report only above 5 responses (cultureofcare.thepsc.co.uk, resources).
WARD_THRESHOLD = 5

#: Anonymous answers are filed in shuffled groups of this many, so that SharePoint's own Created time tells nothing about one of them.
FILING_GROUP = 5


def reply_key(secret: bytes, person_id: str) -> str:
    """The mark that makes one person's answers to one check-in the same answer.

    HMAC-SHA-256 (RFC 2104) under a secret that only that check-in has and that is destroyed when it closes: after that
    nobody can work out whose mark it was.
    """
    return hmac.new(secret, person_id.encode(), hashlib.sha256).hexdigest()
