"""The jobs of what was read: the request is judged, names become ids, and each language is a job of its own.

Pure. What is wrong is noted in the rows that it was read from.

Invariant: what is sent is what was judged, with ids in place of the names of things.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import BaseModel

from bulkgen.kinds.columns import Lookup, is_asset_id
from bulkgen.kinds.kind import Kind
from bulkgen.model import (
    BLANK,
    Issue,
    Job,
    Reference,
    Value,
    files_in,
    fingerprint,
    made_title,
    other_readings,
    references_in,
)
from bulkgen.rows.headings import Headings
from bulkgen.rows.layouts import Layout
from bulkgen.rows.lookups import Verdicts
from bulkgen.rows.order import Order
from bulkgen.rows.reader import RowReader
from bulkgen.rows.references import REFERABLE, is_reference
from bulkgen.rows.scenes import ReadRow, Where, video_of
from bulkgen.rows.tags import tags_of


@dataclass(frozen=True, slots=True)
class Made:
    """The jobs of a row; of a line of an earlier results sheet those of its language, and what else `BuiltRow` has."""

    jobs: tuple[Job, ...] = ()
    others: tuple[Job, ...] = ()
    taken_out: Job | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobMaker:
    """Makes the jobs of one sheet.

    `stem` names them at HeyGen; `sheet` is the worksheet, where a workbook has several.
    """

    headings: Headings
    verdicts: Verdicts
    where: Where
    stem: str
    sheet: str = ""

    def of_row(
        self, reader: RowReader, layout: Layout, order: Order, values: dict[str, Value], language: str, at: int
    ) -> Made:
        """What a row by itself asks for; `language`: the one that it shows, as a line of an earlier results sheet."""
        kind, template = layout.kind, layout.template
        filled = reader.spoilt | values if reader.spoilt else values
        request, issues = kind.judge(kind.fields(values, layout.read, template), filled, layout.columns)
        for issue in issues:
            reader.add(issue, layout)
        exact = self.exact(reader, layout, values, at)
        for issue in kind.against(filled | exact if exact else filled, self.verdicts.account, template):
            reader.add(issue, layout)
        if reader.invalid or request is None or reader.open:
            return Made()

        copy, copy_at = self.headings.own(reader.row, "copy")
        if copy_at is not None and any(copy_at in indexes for indexes in layout.indexes.values()):
            copy = BLANK  # a variable of the template
        order = replace(order, copy=copy.text.strip())
        typed = {column.name: values[column.name] for column in layout.sent_as_typed if column.name in exact}
        exact = values | exact if exact else values
        several = exact.get(kind.split_by)

        def job(language: str) -> Job:
            own = {**exact, kind.split_by: (language,)} if language and several != (language,) else exact
            # what was judged may ask for something else
            asked = request if own is values else kind.request.model_validate(kind.fields(own, layout.read, template))
            return self._job(order, layout, language, own, asked, typed)

        if not isinstance(several, tuple):
            return Made((job(""),))

        named = {name: job(name) for name in dict.fromkeys(several)}
        own = tuple(one for name, one in named.items() if name.casefold() == language.casefold())
        if not language or own:
            return Made(own or tuple(named.values()), tuple(one for one in named.values() if own and one not in own))

        return Made(tuple(named.values()), taken_out=job(language))

    def of_scenes(self, kind: Kind, scenes: Sequence[ReadRow]) -> Job | None:
        """The job of the rows that are one video of scenes; what is wrong is noted in them."""
        video = video_of(kind, scenes, self.where)
        layout = video.layout
        request, issues = kind.judge(kind.fields(video.values, layout.columns, None), video.filled, layout.columns)
        for issue in (*issues, *kind.against(video.filled | video.exact, self.verdicts.account, None)):
            video.add(issue)
        if request is None or any(scene.reader.invalid or scene.reader.open for scene in scenes):
            return None

        if video.exact:  # what was judged has names in place of ids
            exact = video.values | video.exact
            request = kind.request.model_validate(kind.fields(exact, layout.columns, None))
        priority = max(scene.order.priority for scene in scenes)
        order = replace(scenes[0].order, copy=video.copy, priority=priority)
        return self._job(order, layout, "", video.values | video.exact, request, {})

    def exact(self, reader: RowReader, layout: Layout, values: Mapping[str, Value], at: int) -> dict[str, Value]:
        """The values that HeyGen writes otherwise: ids of the account's things, codes of languages; what the account
        does not have becomes an issue."""
        exact: dict[str, Value] = {}
        for column in layout.looked_up:
            value = values.get(column.name)
            if value is None or column.lookup is None:
                continue

            if isinstance(value, Reference) or (column.lookup in REFERABLE and is_reference(str(value))):
                continue  # what another row makes

            words = value if isinstance(value, tuple) else (str(value),)
            if column.lookup is Lookup.ASSET and not (isinstance(value, str) and is_asset_id(value)):
                continue  # a link, or a file of the person's

            found = []
            for word in words:
                verdict = self.verdicts.of(column.lookup, word, at)
                if isinstance(verdict, Issue):
                    reader.add(replace(verdict, field=column.name), layout, word)
                    verdict = word
                found.append(verdict)
            if tuple(found) != words:
                exact[column.name] = tuple(found) if isinstance(value, tuple) else found[0]
        return exact | tags_of(reader, layout)

    def _job(
        self,
        order: Order,
        layout: Layout,
        language: str,
        values: Mapping[str, Value],
        request: BaseModel,
        typed: dict[str, Value],
    ) -> Job:
        """`typed`: what earlier releases sent in place of ids and codes; such a job may be recorded by that."""
        kind = layout.kind
        template_id = layout.template.id if layout.template and kind.filling and kind.filling.of_account else ""
        wish = {column.name: values[column.name] for column in layout.identity if column.name in values}
        if language:
            wish[kind.split_by] = (language.casefold(),)
        digest = fingerprint(kind.name, wish, template_id=template_id, copy=order.copy)
        readings = other_readings(kind.name, wish, template_id=template_id, copy=order.copy)
        for name, made in wish.items():
            if isinstance(made, Reference):  # what it awaits may be recorded by another reading of its texts
                others = ({**wish, name: replace(made, wish=reading)} for reading in made.readings)
                readings += tuple(
                    fingerprint(kind.name, other, template_id=template_id, copy=order.copy) for other in others
                )
        if typed:
            wish |= typed
            readings += (
                fingerprint(kind.name, wish, template_id=template_id, copy=order.copy),
                *other_readings(kind.name, wish, template_id=template_id, copy=order.copy),
            )
        title = str(values.get("title") or "") if "title" in kind.request.model_fields else ""
        if kind.life.takes_title:
            title = title or made_title(self.stem, order.number, digest)
        return Job(
            kind=kind.name,
            fingerprint=digest,
            row=order.number,
            row_id=order.row_id,
            title=title,
            language=language,
            path=layout.path,
            request=request,
            template_id=template_id,
            sheet=self.sheet,
            priority=order.priority,
            readings=readings,
            files=files_in(values.values()),
            answer=order.answer,
            awaits=references_in(values.values()),
        )
