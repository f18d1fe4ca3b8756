"""Check an exported series without solicit: python verify_round.py FOLDER KEY [FOLDER KEY ...]. Needs only Python 3.11.

Each FOLDER has the files of `solicit audit export ROUND FOLDER`, which prints the KEY: first the scoring round that the
series began with, then, in their order, those that scored again. `solicit rank --export RUN FOLDER` adds to the first.
"""

import csv
import hashlib
import hmac
import json
import sys
from collections import Counter, defaultdict
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
    ratings = defaultdict(Counter)
    for content in last.values():
        if scores := content.get("scores"):
            points = sum(weights[name] * value for name, value in scores.items())
            ratings[content["question"]][round(points / sum(weights[name] for name in scores), 9)] += 1
    return ratings


def n_erased(folder):
    return sum(row["act"] == "cast" for row in rows(folder, "chain.csv")) - len(rows(folder, "openings.csv"))


def check_ratings(rounds, about):
    """The ratings that were ranked are those that were sealed, and numbers and means are theirs.

    Of several rounds all of the last count, and of the earlier ones those of who did not rate again, whom their
    pseudonyms do not tell. A ranking beside the official one leaves some out.
    """
    folder, ranked = rounds[0][0], defaultdict(Counter)
    for row in rows(folder, "ratings.csv"):
        ranked[row["question"]][round(float(row["rating"]), 9)] += 1
    if len(rounds) >= about["n_scoring_rounds"]:
        sealed = [sealed_ratings(*each) for each in rounds]
        is_complete = not any(n_erased(each) for each, _ in rounds)
        for question, given in ranked.items():
            is_missing = about["purpose"] == "official" and not sealed[-1][question] <= given
            if is_missing or is_complete and not given <= sum((each[question] for each in sealed), Counter()):
                yield f"{question}: the ratings are not those that were sealed"
    for row in rows(folder, "ranking.csv"):
        given = list(ranked[row["question"]].elements())
        if len(given) != int(row["n_ratings"]):
            yield f"{row['question']}: the number of ratings is not {row['n_ratings']}"
        elif given and abs(sum(given) / len(given) - float(row["plain_mean"])) > 1e-6:
            yield f"{row['question']}: the mean of the ratings is not {row['plain_mean']}"


def check_places(folder):
    """Walking down by mean, a new band starts at the first question that the band's first beats in 90 % of draws.

    Each theme is walked alone, and each part of it where its design falls apart.
    """
    draws = {row.pop("question"): [float(value) for value in row.values()] for row in rows(folder, "draws.csv")}
    walks = defaultdict(list)
    for row in rows(folder, "ranking.csv"):
        if row["place_first"]:
            walks[row["theme"], row["component"]].append(row)
    for walk in walks.values():
        yield from check_walk(sorted(walk, key=lambda row: -float(row["mean"])), draws)


def check_walk(walk, draws):
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
    rounds = [(folder, bytes.fromhex(key)) for folder, key in zip(sys.argv[1::2], sys.argv[2::2], strict=True)]
    manifest = Path(rounds[0][0]) / "manifest.json"
    about = json.loads(manifest.read_text()) if manifest.exists() else {"n_scoring_rounds": 1, "purpose": "official"}
    problems = [fault for each in rounds for fault in check_chain(*each)]
    problems += [*check_ratings(rounds, about), *check_places(rounds[0][0])]
    print("\n".join(problems) or "Everything holds.")  # noqa: T201
    if len(rounds) < about["n_scoring_rounds"]:
        print(f"Seals and ratings were not compared: that takes all {about['n_scoring_rounds']} rounds of scoring.")  # noqa: T201
    sys.exit(bool(problems))
