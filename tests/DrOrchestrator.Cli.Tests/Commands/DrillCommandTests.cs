using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Tests.Client;

namespace DrOrchestrator.Cli.Tests.Commands;

public class DrillCommandTests
{
    private const string Events = """
        data: {"sequence":0,"at":"2026-11-22T08:00:00Z","kind":"phase","step":null,"text":"Checking gates"}

        : still there

        data: {"sequence":1,"at":"2026-11-22T08:00:01.5Z","kind":"step.intent","step":"fence","text":"fence: hold primary at 0"}


        """;

    private const string LaterEvents = """
        data: {"sequence":1,"at":"2026-11-22T08:00:01.5Z","kind":"step.intent","step":"fence","text":"fence: hold primary at 0"}

        data: {"sequence":2,"at":"2026-11-22T08:00:20Z","kind":"closed","step":null,"text":"passed"}


        """;

    private const string Approval = """{"run":1,"kind":"approval","name":"run-approval","role":"approver","question":"Run it?","askedAt":"2026-11-22T08:00:00Z","deadline":null,"pointsOfNoReturn":["promote"]}""";

    [Fact]
    public async Task Start_SendsWhatWasAsked_AndNamesTheRun()
    {
        await using var server = (await FakeServer.StartAsync()).On("POST /drills", Samples.Run("open", closedAt: null), 201);

        var ran = await Shell.RunAsync("drill", "start", "quickstart-failover", "--mode", "live", "--reason", "yearly drill", "--data", server.DataFolder);

        ran.ExitCode.Should().Be(0);
        ran.Out.Should().Be("Run 1 of quickstart-failover is on record: Closed.\nFollow it with: dro drill watch 1\n");
        server.Requests.Should().Equal("""POST /drills Bearer operators-token {"plan":"quickstart-failover","mode":"live","reason":"yearly drill"}""");
    }

    [Fact]
    public async Task Start_SystemLocked_ExitsWith4AndSaysWhoHoldsIt()
    {
        await using var server = (await FakeServer.StartAsync()).On("POST /drills", """{"code":"system-locked","detail":"ledger is locked by run 7"}""", 409, "application/problem+json");

        var ran = await Shell.RunAsync("drill", "start", "p", "--mode", "live", "--reason", "r", "--data", server.DataFolder);

        ran.ExitCode.Should().Be(ExitCodes.RunFailed);
        ran.Error.Should().Be("dro: ledger is locked by run 7\n");
    }

    [Fact]
    public async Task Watch_BrokenStream_GoesOnWhereItWas_AndShowsEveryEventOnce()
    {
        await using var server = (await FakeServer.StartAsync())
            .On("GET /drills/1/events?after=-1", Events, type: "text/event-stream")
            .On("GET /drills/1/events?after=1", LaterEvents, type: "text/event-stream")
            .On("GET /drills/1", Samples.Run("open", closedAt: null))
            .On("GET /drills/1", Samples.Run());

        var ran = await Shell.RunAsync("drill", "watch", "1", "--data", server.DataFolder);

        ran.ExitCode.Should().Be(0);
        ran.Out.Should().StartWith(
            """
            08:00:00.000Z  Checking gates
            08:00:01.500Z  fence: hold primary at 0
            08:00:20.000Z  passed

            Run 1  quickstart-failover
            """);
    }

    [Fact]
    public async Task Watch_ServerThatSaysWhereTheRunStands_ShowsItBesideTheEvents()
    {
        await using var server = (await FakeServer.StartAsync())
            .On("GET /drills/1/events?after=-1", Events, type: "text/event-stream")
            .On("GET /drills/1/progress", """{"id":1,"at":"2026-11-22T08:00:02Z","plan":"quickstart-failover","outcome":"open","phase":"Switching","done":1,"total":2,"running":["promote"],"clocks":[],"waitsFor":[]}""")
            .On("GET /drills/1/events?after=1", LaterEvents, type: "text/event-stream")
            .On("GET /drills/1", Samples.Run("open", closedAt: null))
            .On("GET /drills/1", Samples.Run());

        var ran = await Shell.RunAsync("drill", "watch", "1", "--data", server.DataFolder);

        ran.ExitCode.Should().Be(0);
        ran.Out.Should().Contain("08:00:02.000Z  -- 1 of 2 steps, running promote\n").And.Contain("08:00:20.000Z  passed");
    }

    [Theory]
    [InlineData("failed", 4)]
    [InlineData("waiting", 6)]
    public async Task Watch_RunThatDidNotPass_SaysSoByItsExitCode(string outcome, int code)
    {
        await using var server = (await FakeServer.StartAsync())
            .On("GET /drills/1/events?after=-1", "", type: "text/event-stream")
            .On("GET /drills/1", Samples.Run(outcome));

        (await Shell.RunAsync("drill", "watch", "1", "--data", server.DataFolder)).ExitCode.Should().Be(code);
    }

    [Fact]
    public async Task Watch_AsJson_IsOneDocument_WithProgressOnStandardError()
    {
        await using var server = (await FakeServer.StartAsync())
            .On("GET /drills/1/events?after=-1", Events, type: "text/event-stream")
            .On("GET /drills/1", Samples.Run());

        var ran = await Shell.RunAsync("drill", "watch", "1", "--data", server.DataFolder, "--output", "json");

        var document = JsonNode.Parse(ran.Out)!;
        document["run"]!["outcome"]!.GetValue<string>().Should().Be("passed");
        document["events"]!.AsArray().Should().HaveCount(2);
        ran.Error.Should().Contain("Checking gates");
    }

    [Fact]
    public async Task Show_OfWordsWithTokensThatOthersMade_NamesTheMakersAndWhatIsToBeReviewed()
    {
        const string Both = "'run-approval' rests on the words of requester, chen, and adam had a hand in both their tokens: one person may have said both.";
        var run = JsonNode.Parse(Samples.Run())!.AsObject();
        run["requesterTokenMakers"] = new JsonArray("adam");
        run["answers"] = JsonNode.Parse("""
            [
              { "item": "run-approval", "person": "chen", "confirmed": true, "note": null, "at": "2026-11-22T08:00:01Z", "simulated": false, "tokenMakers": ["yan", "adam"] },
              { "item": "verify", "person": "zhao", "confirmed": true, "note": null, "at": "2026-11-22T08:00:02Z", "simulated": false }
            ]
            """);
        run["overrides"] = new JsonArray(new JsonObject
        {
            ["kind"] = "shared-tokens", ["subject"] = "run-approval", ["step"] = null, ["text"] = Both, ["at"] = "2026-11-22T08:00:01Z",
            ["people"] = new JsonArray("chen"), ["reasons"] = new JsonArray(""), ["reviewedBy"] = null, ["reviewReason"] = null, ["reviewedAt"] = null,
        });
        await using var server = (await FakeServer.StartAsync()).On("GET /drills/1", run.ToJsonString());

        var ran = await Shell.RunAsync("drill", "show", "1", "--data", server.DataFolder);

        ran.Out.Should().Contain("token made by  adam").And.Contain($"  SHARED-TOKENS run-approval: TO BE REVIEWED with: dro drill review 1 --reason TEXT\n    {Both}\n");
        ran.Out.Should().MatchRegex("ANSWER +BY +NOTE +TOKEN MADE BY\n +run-approval +chen +confirmed +yan, by adam\n +verify +zhao +confirmed");
    }

    [Fact]
    public async Task Show_AsText_TellsGatesStepsAnswersAndFigures()
    {
        await using var server = (await FakeServer.StartAsync()).On("GET /drills/1", Samples.Run());

        var ran = await Shell.RunAsync("drill", "show", "1", "--data", server.DataFolder);

        ran.Out.Should().Be(
            """
            Run 1  quickstart-failover  failover, mode live, strength sandbox
              outcome       passed, answers simulated
              phase         Closed
              requested by  requester: first look
              opened        2026-11-22 08:00:00Z
              closed        2026-11-22 08:00:20Z

              GATE                        VALUE      LIMIT
              standby-healthy dr  passed  connected  connected

              STEP       SITE     STATE  TOOK   DETAIL
              fence      primary  done   1.5 s  held at 0
              promote !  dr       done   1.0 s  attempt 2; epoch 2
              ! cannot be taken back

              ANSWER        BY                               NOTE
              run-approval  approver (simulated)  confirmed  simulated by the sandbox's persona

            Recovery time (RTO): 3.3 s of 4 h: met (lab, satisfies no clause)
              between 2.8 s and 3.3 s; technically 3.0 s
              detected                   0.5 s
              technically confirmed      2.5 s
              business verified          0.3 s

            Data loss (RPO): 25 lost, 0.5 s of 60 min: met (lab, satisfies no clause)
              sent 600, acknowledged 500, in doubt 1 (0 survived), refused 99
              worst exposure 0.6 s

            """);
    }

    [Fact]
    public async Task List_WithoutRuns_SaysHowToStartOne()
    {
        await using var server = (await FakeServer.StartAsync()).On("GET /drills", "[]");

        (await Shell.RunAsync("drill", "list", "--data", server.DataFolder)).Out.Should().StartWith("No run yet. Start one with: dro drill start");
    }

    [Fact]
    public async Task List_AsText_IsOneLinePerRun()
    {
        await using var server = (await FakeServer.StartAsync()).On("GET /drills", $"[{Samples.Run()}]");

        (await Shell.RunAsync("drill", "list", "--data", server.DataFolder)).Out.Should().Be(
            """
            RUN  PLAN                 MODE  STRENGTH  OPENED                OUTCOME
            1    quickstart-failover  live  sandbox   2026-11-22 08:00:00Z  passed

            """);
    }

    [Fact]
    public async Task Approve_OnePendingItem_IsAnsweredAndItsPointsOfNoReturnShown()
    {
        await using var server = (await FakeServer.StartAsync())
            .On("GET /pending", $"[{Approval}]")
            .On("POST /drills/1/answers/run-approval", """{"accepted":true,"code":"accepted","detail":""}""");

        var ran = await Shell.RunAsync("drill", "approve", "1", "--note", "go", "--data", server.DataFolder);

        ran.ExitCode.Should().Be(0);
        ran.Out.Should().Be("Run 1: run-approval confirmed.\n");
        ran.Error.Should().Be("run-approval (approval): Run it?\n  1 of approver; may answer: nobody at present\n  cannot be taken back: promote\n");
        server.Requests[^1].Should().Be("""POST /drills/1/answers/run-approval Bearer operators-token {"confirmed":true,"note":"go","attachment":null}""");
    }

    [Fact]
    public async Task Refuse_WithItsReason_SendsARefusal()
    {
        await using var server = (await FakeServer.StartAsync()).On("POST /drills/1/answers/run-approval", "{}");

        var ran = await Shell.RunAsync("drill", "refuse", "1", "run-approval", "--reason", "month end", "--data", server.DataFolder);
        var silent = await Shell.RunAsync("drill", "refuse", "1", "run-approval", "--data", server.DataFolder);

        silent.Error.Should().Contain("Option '--reason' is required.");
        ran.Out.Should().Be("Run 1: run-approval refused.\n");
        server.Requests.Should().ContainSingle().Which.Should().Contain("\"confirmed\":false,\"note\":\"month end\"");
    }

    [Fact]
    public async Task Approve_NothingOrTooMuchPending_AsksForAName()
    {
        await using var server = (await FakeServer.StartAsync()).On("GET /pending", $"[{Approval},{Approval.Replace("run-approval", "verify", StringComparison.Ordinal)}]");

        (await Shell.RunAsync("drill", "approve", "1", "--data", server.DataFolder)).Error.Should().Be("dro: More than one thing of run 1 waits for you; name one of: run-approval, verify\n");
        (await Shell.RunAsync("drill", "approve", "2", "--data", server.DataFolder)).Error.Should().Be("dro: Nothing of run 2 waits for you. See what it waits for with: dro drill show 2\n");
    }
}
