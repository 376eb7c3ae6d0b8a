"""A review as one self-contained HTML page: no network, no fonts, no other files."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from importlib.resources import files

from dynostack.review import markup
from dynostack.review.model import Finding, Review
from dynostack.review.render import labels
from dynostack.review.render.element import Html, element, joined
from dynostack.review.render.graph import graph
from dynostack.review.render.page_changes import addresses, changes, drift
from dynostack.review.render.page_costs import costs
from dynostack.review.render.page_text import code, place, prose

WIDE, NARROW = 3, 1
"""The number of columns of the picture on a screen and on a phone."""


def render(review: Review) -> str:
    """Return the page; its content security policy allows no script but its own."""
    script = _asset("report.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}';"
        " base-uri 'none'; form-action 'none'"
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        _meta("viewport", "width=device-width, initial-scale=1"),
        _meta("color-scheme", "light dark"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("title", f"Review of {review.project}/{review.stack}"),
        element("style", Html(_asset("report.css"))),
    )
    body = element("body", _skip(), _header(review), _main(review), _footer(review))
    end = element("script", Html(script))
    page = element("html", head, Html(body.replace("</body>", f"{end}</body>")), lang="en")
    return f"<!doctype html>\n{page}\n"


def _asset(name: str) -> str:
    return (files("dynostack.review.render") / "assets" / name).read_text(encoding="utf-8")


def _meta(name: str, content: str) -> Html:
    return element("meta", name=name, content=content)


def _skip() -> Html:
    return element("a", "Skip to the review", href="#review", class_="skip")


def _header(review: Review) -> Html:
    about = [review.project, review.stack, review.environment]
    if review.app:
        about.insert(2, f"app {review.app}")
    return element(
        "header",
        element("p", " · ".join(filter(None, about)), class_="about"),
        element("h1", prose(labels.headline(review))),
        _tools(),
        class_=f"verdict {review.verdict}",
    )


def _tools() -> Html:
    buttons = (("unfold", "Expand all"), ("theme", "Dark"), ("print", "Print"))
    made = (element("button", text, type="button", id=name) for name, text in buttons)
    return element("div", *made, class_="tools", role="toolbar", aria_label="View")


def _main(review: Review) -> Html:
    sections = (
        _cards(review),
        _errors(review),
        _findings(review),
        changes("destroyed", "Destroyed or replaced", review.destructive, review, opened=True),
        _picture(review),
        costs(review.costs) if review.complete else None,
        _access(review),
        _restarts(review),
        drift(review),
        _additions(review),
        changes("changes", labels.of_the_rest(review), review.other, review, opened=False),
        _unchanged(review),
    )
    return element("main", *sections, id="review", tabindex=-1)


def _cards(review: Review) -> Html:
    made = (
        element("div", element("dt", name), element("dd", *value), class_=f"card {state}")
        for name, value, state in _summary(review)
    )
    return element("dl", *made, class_="cards")


def _summary(review: Review) -> Iterator[tuple[str, tuple[str | Html, ...], str]]:
    chips = [
        element(
            "span",
            f"{labels.SIGNS[operation]} {review.count(operation)} {word}",
            class_=f"chip {operation}",
        )
        for operation, word in labels.DONE.items()
        if review.count(operation)
    ]
    yield "Resources", tuple(chips) or ("no changes",), ""
    stopping, blocking = len(review.stopping), len(review.blocking)
    rest = len(review.findings) - stopping - blocking
    findings = [f"{stopping} {'stops' if stopping == 1 else 'stop'} the change"] if stopping else []
    findings += [f"{blocking} {'needs' if blocking == 1 else 'need'} a yes"] if blocking else []
    findings += [f"{rest} to read"] if rest else []
    alarming = "alarming" if stopping or blocking else ""
    yield "Findings", (", ".join(findings) or "none",), alarming
    if not review.complete:
        yield from ((name, ("unknown",), "") for name in ("Cost", "Access", "Restarts"))
        return
    more = labels.difference(review.costs.old, review.costs.new)
    monthly = labels.money(review.costs.new)
    note = element("small", f"a month {more}".strip())
    yield "Cost", (monthly, " ", note), "rising" if more.startswith("+") else ""
    people = len({each.who for each in review.access})
    access = "no changes" if not people else f"{people} {'person' if people == 1 else 'people'}"
    yield "Access", (access,), "alarming" if people and _widened(review) else ""
    restarts = markup.joined(dict.fromkeys(each.what for each in review.restarts), ", ")
    yield "Restarts", (prose(restarts or ("none",)),), ""


def _widened(review: Review) -> bool:
    return any({"operate", "manage"} & set(each.gained) for each in review.access)


def _section(identity: str, title: str, *children: Html | str) -> Html:
    heading = element("h2", title, id=f"{identity}-title")
    return element("section", heading, *children, id=identity, aria_labelledby=f"{identity}-title")


def _errors(review: Review) -> Html | None:
    if not review.errors:
        return None
    made = (element("pre", Html(_lines(each))) for each in review.errors)
    return _section("errors", "What stopped the preview", *made)


def _lines(text: str) -> str:
    return "\n".join(joined(line) for line in text.splitlines())


def _findings(review: Review) -> Html | None:
    if not review.findings:
        return None
    made = (
        element(
            "li",
            element("b", finding.id),
            " ",
            element("span", labels.WEIGHT[finding.severity], class_=f"weight {finding.severity}"),
            element("p", prose(finding.text), place(finding.place)),
            *_below(review, finding),
            class_=f"finding {finding.severity}",
        )
        for finding in review.findings
    )
    return _section("findings", "Findings", element("ul", *made, class_="plain"))


def _below(review: Review, finding: Finding) -> Iterator[Html]:
    for each in filter(None, (finding.advice, labels.yes(review, finding))):
        yield element("p", prose(each), class_="advice")


def _picture(review: Review) -> Html | None:
    if not review.changes and not review.unchanged:
        return None
    where = addresses(review)
    legend = element("p", *_legend(review), class_="legend")
    pictures = (graph(review, where, columns) for columns in (WIDE, NARROW))
    return _section("picture", "The app", element("figure", *pictures), legend)


def _legend(review: Review) -> Iterator[Html]:
    for operation, word in labels.DONE.items():
        if review.count(operation):
            yield element("span", f"{labels.SIGNS[operation]} {word}", class_=f"chip {operation}")
    if review.unchanged_count:
        yield element("span", "unchanged", class_="chip")


def _access(review: Review) -> Html | None:
    if not review.access:
        return None
    made = (
        element(
            "li",
            prose(sentence),
            place(change.place),
            class_=_direction(change.gained, change.lost),
        )
        for change in review.access
        for sentence in change.words
    )
    return _section("access", "Access", element("ul", *made, class_="plain"))


def _direction(gained: tuple[str, ...], lost: tuple[str, ...]) -> str | None:
    return "gains" if gained and not lost else "loses" if lost and not gained else None


def _restarts(review: Review) -> Html | None:
    if not review.restarts:
        return None
    made = (
        element("li", element("b", prose(each.what)), ": ", prose(each.why))
        for each in review.restarts
    )
    return _section("restarts", "Restarts", element("ul", *made))


def _additions(review: Review) -> Html | None:
    lines = [*map(labels.addition, review.additions), *labels.beside_additions(review)]
    if not lines:
        return None
    made = (element("li", prose(each)) for each in lines)
    return _section("additions", labels.ADDITIONS, element("ul", *made))


def _unchanged(review: Review) -> Html | None:
    text = labels.unchanged(review)
    if not text:
        return None
    if not review.unchanged:
        return element("p", text, class_="unchanged")
    listed = (element("li", each.title) for each in review.unchanged)
    return element(
        "details", element("summary", text), element("ul", *listed), class_="unchanged", id="same"
    )


def _footer(review: Review) -> Html:
    parts: list[Html | str] = []
    if review.digest:
        command = labels.apply_command(review)
        copy = element("button", "Copy", type="button", id="copy")
        parts.append(element("p", "To apply exactly this: ", code(command, "command"), " ", copy))
    if review.digest and (options := labels.consents(review)):
        parts.append(
            element("p", "An apply also needs your explicit yes: ", code(" ".join(options)))
        )
    if not review.complete:
        parts.append(element("p", f"{labels.INCOMPLETE.capitalize()}."))
    made_by = f"dynostack, Pulumi {review.engine}" if review.engine else "dynostack"
    parts.append(element("p", f"Made by {made_by}. Secrets are masked; this page loads nothing."))
    return element("footer", *parts)
