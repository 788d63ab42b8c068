"""A store is lost and made anew from SharePoint, and the wards hardly notice."""

from bot.rehearsal.rehearse import ROWAN
from tests.journeys.lost_store import reasons, starts_again, store_is_lost, store_is_made_anew, what_it_knows
from tests.journeys.ward import Week, elm_ward, shows, words

FIVE = ("Joe", "Amina", "Tomasz", "Priya", "Grace")


async def birch_ward(week: Week) -> Week:
    """A third ward, set up by Yusuf for the same hour."""
    birch = Week(week.rehearsal, "birch", "Garden before lunch")
    welcome = await birch.is_added()
    form = {**ROWAN, "name": "Birch", "project": "Garden before lunch", "leads": birch.person("Yusuf").id}
    await birch.fills_in("Yusuf", welcome, **form)
    return birch


async def two_weeks(week: Week) -> tuple[Week, Week]:
    """Rowan has a closed check-in and an open one, Elm is paused, and the bot was taken out of Birch's team."""
    elm, birch = await elm_ward(week), await birch_ward(week)
    await elm.says("Ellen", "pause until 2026-12-08")
    await week.clock_shows("2026-11-25 14:00")
    for name in FIVE:
        await week.answers(name, "good")
    await week.adds("Joe", went_well="tea at two")
    await week.adds("Amina", went_well="cake", named=True)
    await week.clock_shows("2026-11-26 09:00")
    await birch.teams.uninstall(birch.team)
    await week.clock_shows("2026-12-02 14:00")
    await week.clock_shows("2026-12-02 14:01")
    await week.answers("Joe", "slow")
    await week.clock_shows("2026-12-03 09:00")
    return elm, birch


async def test_everything_goes_on(week: Week) -> None:
    """Wards and check-ins are what they were; the open check-in takes answers and has its summary, and nobody is asked twice."""
    elm, birch = await two_weeks(week)
    channels = [one.channel.id for one in (week, elm, birch)]
    before = await what_it_knows(week.rehearsal.bot.store, channels)
    posts = len(week.check_ins), len(elm.check_ins), len(birch.check_ins)
    await store_is_lost(week)
    done, said = await store_is_made_anew(week)
    await starts_again(week)
    after = await what_it_knows(week.rehearsal.bot.store, channels)

    assert done
    assert said[:4] == ["Wards: 3 read", "CheckIns: 3 read", "Replies: 5 read", "AuditLog: 0 read"]
    assert after == before
    assert [ward.quiet and ward.quiet.value for ward in after[0]] == [None, None, "removed"]
    assert (len(week.check_ins), len(elm.check_ins), len(birch.check_ins)) == posts

    for name in FIVE:
        await week.answers(name, "flying")
    await week.clock_shows("2026-12-09 14:00")
    await week.clock_shows("2026-12-09 14:01")
    summary = week.said_under(week.check_ins[1])[-1]

    assert shows(summary, "5 people answered")
    assert len(week.check_ins) == posts[0] + 1
    assert [row["State"] for row in week.rows("CheckIns")].count("open") == 2


async def test_the_wards_that_were_not_asked(week: Week) -> None:
    """The paused one is asked when its pause is over, and the quiet one once the bot is put back, without another welcome."""
    elm, birch = await two_weeks(week)
    await store_is_lost(week)
    await store_is_made_anew(week)
    await starts_again(week)
    threads = len(birch.threads)
    await birch.teams.install(birch.team, birch.channel)
    await week.bot_has_worked()
    paused = len(elm.check_ins), len(birch.threads) - threads
    await week.clock_shows("2026-12-09 14:00")

    assert paused == (0, 0)
    assert len(elm.check_ins) == 1
    assert len(birch.threads) == threads + 1


async def test_the_people(week: Week) -> None:
    """The open card says how many answers are left, the leads are told why and may lead, and the old summary follows corrections."""
    await two_weeks(week)
    open_card = week.post
    before = shows(open_card.card, "1 person has answered")
    told = {name: len(week.chat(name)) for name in ("Priya", "Tomasz")}
    await store_is_lost(week)
    await store_is_made_anew(week)
    await starts_again(week)

    assert before
    assert shows(open_card.card, "Nobody has answered yet")
    for name, count in told.items():
        (news,) = week.chat(name)[count:]
        assert words(news.card)[0].startswith("My own store for Rowan was lost, and I made it anew")
    skipped = await week.says("Tomasz", "skip")
    assert shows(skipped.card, "16 December")
    line = next(row for row in week.rehearsal.sharepoint.tables()["Replies"]["rows"] if row["fields"].get("WentWell"))
    week.rehearsal.sharepoint.edit("Replies", str(line["id"]), {"WentWell": "coffee at two"})
    for _ in range(2):
        week.rehearsal.clock.move_by(400)
        await week.bot_has_worked()
    assert shows(week.said_under(week.check_ins[0])[-1], "coffee at two")


async def test_a_bot_on_an_empty_store_says_so(week: Week) -> None:
    """Started without the rebuild, it names rows that it does not know; after the rebuild it is ready again."""
    await two_weeks(week)
    await store_is_lost(week)
    await starts_again(week)
    lost = await reasons(week)
    await week.rehearsal.stop_bot()
    done, _ = await store_is_made_anew(week)
    await starts_again(week)
    week.rehearsal.clock.move_by(400)
    await week.bot_has_worked()

    assert lost == ["unknown_rows"]
    assert done
    assert await reasons(week) == []
