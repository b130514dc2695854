"""The table of the console's routes: who may come, what a page asks of the store and changes in it, and the page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from bot.console import (
    account,
    adults,
    after,
    auditing,
    carrier,
    cases,
    claims,
    colleagues,
    culling,
    decisions,
    earlier,
    entries,
    entry_page,
    extract,
    guarding,
    incident,
    letter,
    me,
    meetings,
    notify,
    passkey,
    people,
    sayings,
    sign_in,
    start,
    tell,
    texts,
    threads,
    together,
    why,
)
from bot.console.door import Porch
from bot.console.errand import Errand
from storage import commands as c
from storage import queries as q
from storage.records import Role

# Who works with cases; the other roles have no page here that opens one.
EVERYONE = frozenset({Role.CASE_WORKER, Role.COORDINATOR, Role.MANAGER})
ANYBODY = frozenset(Role)
AUDITORS = frozenset({Role.AUDITOR})
LEADERS = frozenset({Role.COORDINATOR, Role.MANAGER})
GET, POST = "GET", "POST"
CASE, PERSON, ENTRY = "/cases/{case}", "/cases/{case}/people/{person}", "/cases/{case}/entries/{entry}"
CLAIM = "/requests/{claim}"
THREAD, NOTICE = "/cases/{case}/thread/{person}", "/cases/{case}/notify/{ref}"


@dataclass(frozen=True, slots=True)
class Route:
    """One page for a worker who has signed in. `speaks` names every question and change it may bring to the door."""

    method: str
    path: str
    page: Callable[[Errand], Awaitable[web.StreamResponse]]
    speaks: tuple[type, ...] = ()
    roles: frozenset[Role] = EVERYONE


@dataclass(frozen=True, slots=True)
class OpenRoute:
    """A page that needs no session: the door itself."""

    method: str
    path: str
    page: Callable[[Porch, web.Request], Awaitable[web.StreamResponse]]


OPEN: tuple[OpenRoute, ...] = (
    OpenRoute(GET, "/in/{token}", sign_in.show_door),
    OpenRoute(POST, "/in/{token}", sign_in.enter),
    OpenRoute(GET, "/go", account.leave_for_account),
    OpenRoute(GET, "/back", account.back_from_account),
    OpenRoute(GET, "/key", passkey.show_key),
    OpenRoute(POST, "/key", passkey.use),
    OpenRoute(GET, "/enrol", passkey.show_enrol),
    OpenRoute(POST, "/enrol", passkey.add),
)

_STAFF = (q.Sheet, q.Colleagues)
_EXTRACT = (q.Sheet, q.Extracts)
_LOG = (q.UnitVisits, q.LogReview)
_FORM = (q.Sheet, q.CaseAdults)
_ENTRY = (q.Sheet, q.CaseAdults, q.WholeEntry, q.Receivers, q.CaseSayings, q.WhoSaw)
_SAID = (q.Sheet, q.CaseSayings, q.WholeEntries)
_TOGETHER = (q.Sheet, q.HerCards, q.WholeEntries, q.CaseAdults)
_DECISIONS = (q.Sheet, q.RulesOf)
_NOTICE = (q.Sheet, q.Receivers, q.WholeEntry, q.CaseAdults, q.CaseMeetings)
_CLAIM = (q.OneClaim, q.Sheet, q.WholeEntries)
_WHY = (q.Sheet, q.WholeEntries, q.MaySee)
_LETTER = (q.Sheet, q.HerCards)
_AFTER = (q.Sheet, q.WholeEntries, q.CaseAdults)
_MEETINGS = (q.Sheet, q.CaseMeetings, q.CasePlan)

ROUTES: tuple[Route, ...] = (
    Route(GET, "/", start.start, (q.WorkList, q.MyCases)),
    Route(POST, "/out", sign_in.sign_out, (), ANYBODY),
    Route(GET, "/me", me.show_me, (), ANYBODY),
    Route(POST, "/me/drop", me.drop_key, (), ANYBODY),
    Route(POST, "/me/out", sign_in.sign_out_everywhere, (), ANYBODY),
    Route(GET, "/texts", texts.show_texts, (q.UnclearTexts,)),
    Route(GET, "/audit", auditing.read_log, _LOG, AUDITORS),
    Route(POST, "/audit", auditing.keep_review, (*_LOG, c.LogReviewed), AUDITORS),
    Route(GET, "/culling", culling.show_cullings, (q.Cullings,), LEADERS),
    Route(POST, "/culling", culling.approve, (q.Cullings, c.ApproveCulling), LEADERS),
    Route(POST, "/culling/withdraw", culling.withdraw, (c.WithdrawCulling,), LEADERS),
    Route(POST, "/tasks/{task}/done", start.close_task, (c.CloseTask,)),
    Route(GET, "/cases", start.list_cases, (q.MyCases,)),
    Route(POST, "/find", start.find, (q.Find,)),
    Route(GET, "/cases/new", cases.new_case),
    Route(POST, "/cases/new", cases.open_case, (c.OpenCase,)),
    Route(GET, CASE, cases.show_case, (q.Sheet, q.WholeEntries)),
    Route(POST, f"{CASE}/seal", cases.seal, (c.SealCase,)),
    Route(GET, f"{CASE}/visits", cases.visits, (q.Sheet, q.CaseVisits)),
    Route(GET, f"{CASE}/deliveries", cases.deliveries, (q.Sheet, q.Deliveries)),
    Route(GET, f"{CASE}/people/new", people.new_person, (q.Sheet, q.CaseMeetings)),
    Route(POST, f"{CASE}/people/new", people.enrol, (q.Sheet, q.CaseMeetings, c.Enrol)),
    Route(GET, PERSON, people.show_person, (q.Sheet, q.Deliveries)),
    Route(POST, f"{PERSON}/status", people.set_status, (q.Sheet, c.SetStatus)),
    Route(POST, f"{PERSON}/clear", people.clear, (q.Sheet, c.ClearGuardian)),
    Route(POST, f"{PERSON}/block", people.block, (q.Sheet, c.BlockGuardian)),
    Route(POST, f"{PERSON}/says-no", people.says_no, (q.Sheet, c.GuardianSaysNo)),
    Route(POST, f"{PERSON}/after-no", people.decide_after_no, (q.Sheet, c.DecideAfterNo)),
    Route(POST, f"{PERSON}/naming", people.naming, (q.Sheet, c.AllowNaming)),
    Route(POST, f"{PERSON}/end", people.end_tie, (q.Sheet, c.EndTie)),
    Route(POST, f"{PERSON}/unlock", people.unlock, (q.Sheet, c.Unlock)),
    Route(POST, f"{PERSON}/resume", incident.resume, (c.ResumeMessages,)),
    Route(POST, f"{PERSON}/shut", people.shut, (q.Sheet, c.ShutSignIn)),
    Route(POST, f"{PERSON}/invite", people.invite, (q.Sheet, c.Invite)),
    Route(GET, f"{CASE}/adults", adults.list_adults, _FORM),
    Route(POST, f"{CASE}/adults", adults.keep_adult, (*_FORM, c.KeepAdult)),
    Route(GET, f"{CASE}/adults/{{adult}}", adults.edit_adult, _FORM),
    Route(GET, f"{CASE}/decisions", decisions.show_decisions, _DECISIONS),
    Route(POST, f"{CASE}/decisions/investigation", decisions.set_investigation, (*_DECISIONS, c.SetInvestigation)),
    Route(POST, f"{CASE}/decisions/contact", decisions.decide_contact, (*_DECISIONS, c.DecideContact)),
    Route(POST, f"{CASE}/decisions/consent", decisions.keep_consent, (*_DECISIONS, c.KeepConsent)),
    Route(POST, f"{CASE}/decisions/consent/end", guarding.end_consent, (*_DECISIONS, c.EndConsent)),
    Route(POST, f"{CASE}/decisions/asked-again", guarding.asked_again, (*_DECISIONS, c.AskedAgain)),
    Route(POST, f"{CASE}/decisions/exception", guarding.keep_exception, (*_DECISIONS, c.KeepException)),
    Route(POST, f"{CASE}/decisions/exception/end", guarding.end_exception, (*_DECISIONS, c.EndException)),
    Route(POST, f"{CASE}/decisions/protect", guarding.protect, (*_DECISIONS, c.ProtectIdentity)),
    Route(POST, f"{CASE}/decisions/notice", guarding.log_notice, (*_DECISIONS, c.LogNotice)),
    Route(POST, f"{CASE}/decisions/wish", guarding.record_wish, (*_DECISIONS, c.RecordWish)),
    Route(POST, f"{CASE}/decisions/assign", guarding.assign, (*_DECISIONS, c.AssignCase)),
    Route(POST, f"{CASE}/decisions/glass", guarding.review_glass, (*_DECISIONS, c.ReviewGlass)),
    Route(GET, f"{CASE}/carrier", carrier.show_carrier, (q.Sheet,)),
    Route(
        POST,
        f"{CASE}/carrier",
        carrier.decide,
        (q.Sheet, c.BeginCarrier, c.ExtendCarrier, c.CloseCarrier, c.ReopenCarrier),
    ),
    Route(POST, f"{CASE}/carrier/keep", culling.keep, (c.KeepFromCulling,)),
    Route(GET, f"{CASE}/carrier/letter", letter.show_letter, _LETTER),
    Route(POST, f"{CASE}/carrier/letter", letter.given, (*_LETTER, c.BeginCarrier)),
    Route(GET, f"{CASE}/earlier", earlier.show_earlier, (q.Sheet, q.Before)),
    Route(POST, f"{CASE}/earlier", earlier.ask_earlier, (q.Sheet, q.Before, c.AskForEarlier)),
    Route(GET, "/glass", guarding.ask_glass),
    Route(POST, "/glass", guarding.break_glass, (c.BreakGlass, q.Find)),
    Route(GET, f"{CASE}/staff", colleagues.show_colleagues, _STAFF),
    Route(POST, f"{CASE}/staff/assign", colleagues.hand_over, (*_STAFF, c.AssignCase)),
    Route(POST, f"{CASE}/staff/block", colleagues.block_colleague, (*_STAFF, c.BlockColleague)),
    Route(GET, f"{CASE}/extract", extract.show_extract, _EXTRACT),
    Route(POST, f"{CASE}/extract/ask", extract.ask_extract, (*_EXTRACT, c.AskForExtract)),
    Route(POST, f"{CASE}/extract/approve", extract.approve_extract, (*_EXTRACT, c.ApproveExtract)),
    Route(POST, f"{CASE}/extract/page", extract.print_extract, (q.CaseExtract,)),
    Route(POST, f"{CASE}/extract/file", extract.save_extract, (q.CaseExtract,)),
    Route(GET, f"{CASE}/why", why.ask_why, _WHY),
    Route(POST, f"{CASE}/why", why.ask_why, _WHY),
    Route(GET, f"{CASE}/entries/new", entries.choose_kind, (q.Sheet,)),
    Route(GET, f"{CASE}/entries/new/{{kind}}", entries.new_entry, _FORM),
    Route(
        POST,
        f"{CASE}/entries/new/{{kind}}",
        entries.save_new,
        (*_FORM, q.WholeEntry, q.WholeEntries, c.WriteEntry, c.KeepAdult),
    ),
    Route(GET, ENTRY, entry_page.show_entry, _ENTRY),
    Route(GET, f"{ENTRY}/preview", entry_page.show_preview, _ENTRY),
    Route(GET, f"{ENTRY}/edit", entries.edit_entry, _ENTRY),
    Route(POST, f"{ENTRY}/edit", entries.save_edit, (*_ENTRY, q.WholeEntries, c.WriteEntry, c.KeepAdult)),
    Route(POST, f"{ENTRY}/release", tell.release, (*_ENTRY, c.ReleaseEntry)),
    Route(POST, f"{ENTRY}/told", tell.told, (*_ENTRY, c.RecordTold)),
    Route(GET, f"{ENTRY}/after", after.show_after, _AFTER),
    Route(POST, f"{ENTRY}/after", after.record_day, (*_AFTER, c.RecordDay)),
    Route(POST, f"{ENTRY}/look", tell.look, (*_ENTRY, c.LookAgain)),
    Route(POST, f"{ENTRY}/state", tell.change_state, (*_ENTRY, c.ChangeState)),
    Route(POST, f"{ENTRY}/visit", tell.tell_of_visit, (*_ENTRY, c.TellOfVisit)),
    Route(POST, f"{ENTRY}/take-back", tell.take_back, (*_ENTRY, c.TakeBack)),
    Route(POST, f"{ENTRY}/incident", incident.close_incident, (*_ENTRY, c.CloseIncident)),
    Route(GET, f"{CASE}/notify", notify.pick, (q.Sheet, q.WholeEntries, q.CaseMeetings)),
    Route(GET, NOTICE, notify.receivers, (q.Sheet, q.Receivers)),
    Route(GET, f"{NOTICE}/{{person}}", notify.words, _NOTICE),
    Route(POST, f"{NOTICE}/{{person}}", notify.send, (*_NOTICE, c.AskToBeSent)),
    Route(GET, THREAD, threads.show_thread, (q.Sheet, q.CaseThread)),
    Route(POST, f"{THREAD}/read", threads.mark_read, (c.MarkRead,)),
    Route(POST, f"{THREAD}/answer", threads.answer, (q.Sheet, q.CaseThread, c.Answer)),
    Route(GET, f"{CASE}/said", sayings.show_sayings, _SAID),
    Route(POST, f"{CASE}/said/{{objection}}", sayings.answer, (*_SAID, c.AnswerObjection)),
    Route(GET, f"{CASE}/together", together.choose, _TOGETHER),
    Route(POST, f"{CASE}/together", together.begin, _TOGETHER),
    Route(GET, f"{CASE}/together/read/{{at}}", together.read, _TOGETHER),
    Route(GET, f"{CASE}/together/close", together.ask_close, (q.Sheet,)),
    Route(POST, f"{CASE}/together/close", together.close, (*_TOGETHER, c.ReadTogether)),
    Route(GET, f"{CASE}/meetings", meetings.show_meetings, _MEETINGS),
    Route(POST, f"{CASE}/meetings", meetings.book, (*_MEETINGS, c.Book)),
    Route(GET, f"{CASE}/meetings/{{meeting}}", meetings.edit_meeting, _MEETINGS),
    Route(POST, f"{CASE}/meetings/{{meeting}}/cancel", meetings.cancel, (*_MEETINGS, c.Book)),
    Route(GET, CLAIM, claims.show_claim, _CLAIM),
    Route(POST, f"{CLAIM}/stage", claims.move, (*_CLAIM, c.MoveClaim)),
    Route(POST, f"{CLAIM}/find", claims.find, (*_CLAIM, q.FindForClaim)),
    Route(POST, f"{CLAIM}/connect", claims.connect, (*_CLAIM, c.ConnectClaim)),
    Route(POST, f"{CLAIM}/entries/{{entry}}/release", claims.release, (*_CLAIM, c.ReleaseEntry)),
    Route(POST, f"{CLAIM}/entries/{{entry}}/refuse", claims.refuse, (*_CLAIM, c.RefuseEntry)),
    Route(GET, f"{CLAIM}/answer/{{answer}}", claims.ask_answer, _CLAIM),
    Route(POST, f"{CLAIM}/answer/{{answer}}", claims.give_answer, (*_CLAIM, c.AnswerClaim, c.Invite)),
    Route(POST, f"{CASE}/plan", meetings.keep_plan, (*_MEETINGS, c.KeepPlan)),
)
