"""What people do on the rehearsal's page, and what comes of it."""

from tests.rehearsal.page_of_a_ward import CLOSE, a_page, answer_with
from tests.rehearsal.small_bot import a_card, feeling, send


async def test_own_card_after_an_answer() -> None:
    """An answer turns the card of that person alone, and the guide ticks its first step."""
    async with a_page() as page:
        page.ward.bot.answer = lambda _: answer_with(a_card({"type": "TextBlock", "text": "Saved."}))
        question = await page.post_question()
        said = await page.press(question)
        joe, amina = await page.look("joe"), await page.look("amina")

        assert (said.status, said.body) == (200, {"ok": True})
        assert joe["place"]["threads"][0][0]["card"]["body"][0]["text"] == "Saved."
        assert joe["place"]["threads"][0][0]["own"]
        assert not amina["place"]["threads"][0][0]["own"]
        assert joe["signs"] == {"first": True, "second": False, "changed": False, "closed": False, "filed": False}
        assert page.ward.bot.received[-1]["value"]["action"]["data"]["feeling"] == "good"


async def test_the_guide_ticks_itself_off() -> None:
    """Two people answer, one changes it, the clock passes the close, and rows are filed: five steps done."""
    async with a_page() as page:
        page.moments["close"] = CLOSE
        page.ward.bot.answer = lambda _: answer_with(a_card(feeling(), send()))
        question = await page.post_question()
        for person in ("joe", "joe", "amina"):
            await page.press(question, person)
        before = (await page.look())["signs"]
        await page.press(question, "joe")
        await page.tell("clock", {"jump": "close", "place": page.place})
        page.filed(Feeling="good")
        after = (await page.look())["signs"]

        assert before == {"first": True, "second": True, "changed": False, "closed": False, "filed": False}
        assert all(after.values())


async def test_older_clients_button() -> None:
    """The button of an older client arrives as a message with a value."""
    async with a_page() as page:
        question = await page.post_question()
        said = await page.press(question, type="Action.Submit")

        assert said.body == {"ok": True}
        assert page.ward.bot.received[-1]["type"] == "message"
        assert page.ward.bot.received[-1]["value"]["feeling"] == "good"


async def test_opening_asks_for_an_own_card() -> None:
    """A message that offers refreshed cards is opened by the page, and then shows the person's own card."""
    refresh = {"action": {"type": "Action.Execute", "title": "Refresh", "verb": "view"}}
    async with a_page() as page:
        page.ward.bot.answer = lambda _: answer_with(a_card({"type": "TextBlock", "text": "Yours"}))
        question = await page.ward.post_card(a_card(feeling(), send(), refresh=refresh))
        offered = (await page.look())["place"]["threads"][0][0]["refreshes"]
        await page.act("open", message=question)

        assert offered
        assert (await page.look())["place"]["threads"][0][0]["card"]["body"][0]["text"] == "Yours"


async def test_the_bot_says_no() -> None:
    """What the bot answers in the way of an error is said to the person, and stands under the message for them alone."""
    no = {
        "statusCode": 400,
        "type": "application/vnd.microsoft.error",
        "value": {"code": "BadRequest", "message": "Please pick a word."},
    }
    async with a_page() as page:
        page.ward.bot.answer = lambda _: no
        question = await page.post_question()
        said = await page.press(question)
        joe, amina = await page.look("joe"), await page.look("amina")

        assert said.body == {"ok": False, "said": "Please pick a word."}
        assert joe["place"]["threads"][0][0]["notices"] == [{"kind": "error", "text": "Please pick a word."}]
        assert amina["place"]["threads"][0][0]["notices"] == []


async def test_the_bot_fails() -> None:
    """A bot that fails, or cannot be reached, is said to the person in a sentence."""
    async with a_page() as page:
        question = await page.post_question()
        page.ward.bot.status = 500
        failed = await page.press(question)
        page.ward.teams.bot_url = "http://127.0.0.1:1/"
        away = await page.press(question)

        assert failed.body == {"ok": False, "said": "Something went wrong. Please try again."}
        assert away.body == {"ok": False, "said": "The bot could not be reached. What you typed is still here."}


async def test_an_answer_that_teams_cannot_show() -> None:
    """An answer that Teams could not show is told to whoever rehearses, with the reason."""
    async with a_page() as page:
        page.ward.bot.answer = lambda _: answer_with(a_card({"type": "Invented"}))
        question = await page.post_question()
        said = await page.press(question)

        assert said.status == 502
        assert "Invented" in said.body["problem"]


async def test_what_a_client_would_stop() -> None:
    """What Teams would not have sent is answered with a sentence."""
    async with a_page() as page:
        question = await page.post_question()
        bad_choice = await page.press(question, inputs={"feeling": "angry"})
        not_a_button = await page.act("press", message=question, action={"type": "Action.OpenUrl"}, inputs={})
        no_button = await page.act("press", message=question, action="Send", inputs={})
        elsewhere = await page.act("press", "osei", message=question, action=send()["actions"][0], inputs={})
        nothing = await page.act("dance")

        assert [one.status for one in (bad_choice, not_a_button, no_button, elsewhere, nothing)] == [409] * 5
        assert elsewhere.body["problem"] == "You are not in that channel."
        assert page.ward.bot.received == []


async def test_a_card_still_in_hand() -> None:
    """What somebody wrote on a card that was replaced meanwhile still goes to the bot, without the boxes left empty."""
    async with a_page() as page:
        page.ward.bot.answer = lambda _: answer_with(a_card(feeling(), send()))
        question = await page.post_question()
        said = await page.act(
            "press", message=question, action=send()["actions"][0], inputs={"went_well": "Tea", "next": ""}
        )

        assert said.body == {"ok": True}
        assert page.ward.bot.received[-1]["value"]["action"]["data"] == {
            "action": "answer",
            "checkin": "c1",
            "went_well": "Tea",
        }


async def test_each_tap_arrives_five_times() -> None:
    """With the switch on, each tap reaches the bot five times at once, and the page lists the five answers."""
    async with a_page() as page:
        page.ward.bot.answer = lambda _: answer_with(a_card(feeling(), send()))
        question = await page.post_question()
        await page.tell("faults", {"key": "five-times", "on": True})
        await page.press(question)
        seen = await page.look()

        assert len(page.ward.bot.received) == 5
        assert seen["delivered"][0]["answers"] == [200] * 5
        assert seen["delivered"][0]["what"] == "adaptiveCard/action answer"
        assert [one["on"] for one in seen["faults"] if one["key"] == "five-times"] == [True]


async def test_saying_something() -> None:
    """What is written in a channel mentions the bot, and whoever is named; a person's words stay as they were typed."""
    async with a_page() as page:
        said = await page.act("say", "priya", text="@Ward Rhythms leads @Tomasz and **@Joe Brennan**")
        seen = await page.look("priya")
        message = seen["place"]["threads"][0][0]
        mentioned = [
            one["mentioned"]["name"] for one in page.ward.bot.received[0]["entities"] if one["type"] == "mention"
        ]

        assert said.body == {"ok": True}
        assert mentioned == ["Ward Rhythms", "Joe Brennan", "Tomasz Kowalski"]
        assert (message["author"]["name"], message["plain"]) == ("Priya Nair", True)


async def test_replying_in_a_thread() -> None:
    """What is written under a message stands in its thread."""
    async with a_page() as page:
        question = await page.post_question()
        await page.act("say", text="status", thread=question)
        threads = (await page.look())["place"]["threads"]

        assert [len(thread) for thread in threads] == [2]


async def test_a_chat_with_the_bot() -> None:
    """The chat is there once the app is added, and gone once it is removed."""
    async with a_page() as page:
        before = await page.act("say", place="chat", text="help")
        await page.act("install", place="chat")
        said = await page.act("say", place="chat", text="help")
        seen = await page.look("joe", "chat")
        await page.act("uninstall", place="chat")
        after = await page.look("joe", "chat")

        assert (before.status, before.body["problem"]) == (409, "this person does not have the app")
        assert said.body == {"ok": True}
        assert [one[0]["text"] for one in seen["place"]["threads"]] == ["help"]
        assert "leads" not in [one["title"] for one in seen["commands"]]
        assert (seen["place"]["appHere"], after["place"]["appHere"]) == (True, False)


async def test_adding_the_app_to_a_team() -> None:
    """The app can be taken out of a team and added to it again."""
    async with a_page() as page:
        await page.act("uninstall", "priya")
        without = await page.look()
        await page.act("install", "priya")

        assert not without["place"]["appHere"]
        assert (await page.look())["place"]["appHere"]
