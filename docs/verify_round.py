"""Check an exported round without solicit: python verify_round.py FOLDER KEY. Needs Python 3.11 and nothing else.

Reads the files of `solicit audit export ROUND FOLDER`, which prints the KEY, and of `solicit rank --export RUN FOLDER`
where they are there. Ratings of a series with a second scoring round come from both: then only the chain is compared.
"""

import csv
import hashlib
import hmac
import json
import sys
from collections import defaultdict
from pathlib import Path


def rows(folder, name):
    file = Path(folder) / name
    return list(csv.DictReader(file.open(encoding="utf-8", newline=""))) if file.exists() else []


def check_chain(folder, key):
    """Every link follows the one before, every seal opens, every anchor is in the chain."""
    openings = {row["seq"]: row for row in rows(folder, "openings.csv")}
    first, *links = rows(folder, "chain.csv")
    hashes, last = {}, first["hash"]
    for seq, link in enumerate(links, 1):
        said = f"{seq} {link['act']} {link['day']} ".encode()
        made = hashlib.sha256(bytes.fromhex(last) + said + bytes.fromhex(link["commitment"])).hexdigest()
        if (link["seq"], link["previous"], link["hash"]) != (str(seq), last, made):
            yield f"{seq}: this link was changed, or one before it is missing"
            return
        hashes[link["seq"]] = last = made
        opening = openings.pop(link["seq"], None)
        if opening and not is_sealed(key, opening, link):
            yield f"{seq}: the vote is not the one that was sealed"
    yield from (f"{seq}: a vote without a link" for seq in openings)
    for anchor in rows(folder, "anchors.csv"):
        if hashes.get(anchor["seq"]) != anchor["hash"]:
            yield f"{anchor['seq']}: the chain is not the one that was anchored"


def is_sealed(key, opening, link):
    content = json.loads(opening["content"])
    vote = {"content": content, "kind": opening["kind"], "vote": int(opening["vote"]), "voter": opening["voter"]}
    words = json.dumps(vote, sort_keys=True, separators=(",", ":")).encode()
    made = hmac.digest(key, bytes.fromhex(opening["nonce"]) + words, hashlib.sha256)
    return link["act"] == "cast" and made.hex() == link["commitment"]


def sealed_ratings(folder, key):
    """Of every question the ratings that were sealed last and not voided."""
    weights = {row["key"]: int(row["weight"]) for row in rows(folder, "criteria.csv")}
    openings = {row["seq"]: row for row in rows(folder, "openings.csv")}
    voids, last = {}, {}
    for row in openings.values():
        act = f'{{"kind":"{row["kind"]}","vote":{row["vote"]}}}'.encode()
        voids[hmac.digest(key, act, hashlib.sha256).hex()] = row["kind"], row["vote"]
    for link in rows(folder, "chain.csv"):
        if opening := openings.get(link["seq"]):
            last[opening["kind"], opening["vote"]] = json.loads(opening["content"])
        elif link["act"] == "void":
            last.pop(voids.get(link["commitment"]), None)
    ratings = defaultdict(list)
    for content in last.values():
        if scores := content.get("scores"):
            weight = sum(weights[key] for key in scores)
            ratings[content["question"]].append(sum(weights[key] * value for key, value in scores.items()) / weight)
    return ratings


def check_ratings(folder, key):
    """The ratings that were ranked are those that were sealed, and means are their means."""
    sealed, ranked = sealed_ratings(folder, key), defaultdict(list)
    for row in rows(folder, "ratings.csv"):
        ranked[row["question"]].append(float(row["rating"]))
    n_erased = sum(row["act"] == "cast" for row in rows(folder, "chain.csv")) - len(rows(folder, "openings.csv"))
    for question, given in ranked.items():
        both = zip(sorted(given), sorted(sealed[question]), strict=False)
        if not n_erased and (len(given) != len(sealed[question]) or any(abs(a - b) > 1e-6 for a, b in both)):
            yield f"{question}: the ratings are not those that were sealed"
    for row in rows(folder, "ranking.csv"):
        given = ranked[row["question"]]
        if given and abs(sum(given) / len(given) - float(row["plain_mean"])) > 1e-6:
            yield f"{row['question']}: the mean of the ratings is not {row['plain_mean']}"


def check_places(folder):
    """Walking down by mean, a new band starts at the first question that the band's first beats in 90 % of draws."""
    with_places = [row for row in rows(folder, "ranking.csv") if row["place_first"]]
    draws = {row["question"]: [float(row[name]) for name in list(row)[1:]] for row in rows(folder, "draws.csv")}
    for theme in sorted({row["theme"] for row in with_places}):
        walk = sorted((row for row in with_places if row["theme"] == theme), key=lambda row: -float(row["mean"]))
        bands = []
        for row in walk:
            mine = draws[row["question"]]
            head = draws[bands[-1][0]["question"]] if bands else None
            if head is None or sum(a > b for a, b in zip(head, mine, strict=True)) >= 0.9 * len(mine):
                bands.append([])
            bands[-1].append(row)
        place = 1
        for band in bands:
            places = str(place), str(place + len(band) - 1)
            place += len(band)
            for row in band:
                if (row["place_first"], row["place_last"]) != places:
                    yield f"{row['question']}: by the rule its places are {places[0]} to {places[1]}"


if __name__ == "__main__":
    folder, key = sys.argv[1], bytes.fromhex(sys.argv[2])
    problems = [*check_chain(folder, key), *check_ratings(folder, key), *check_places(folder)]
    print("\n".join(problems) or "Everything holds.")  # noqa: T201
    sys.exit(bool(problems))
