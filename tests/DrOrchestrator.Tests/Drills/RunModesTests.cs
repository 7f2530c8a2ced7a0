using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Tests.Drills;

/// <summary>The same plan as tabletop, rehearsal, live and real; the wire says what each of them touches.</summary>
public sealed class RunModesTests : IAsyncDisposable
{
    private const string Put = """{"endpoint":"ENDPOINT","method":"PUT","path":"/route","body":{"site":"dr"}}""";

    private readonly DrillBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [InlineData(RunMode.Live, 1, 0)]
    [InlineData(RunMode.Tabletop, 0, 0)]
    [InlineData(RunMode.Rehearsal, 0, 1)]
    public async Task Carry_OnePlanInThreeModes_SendsOnlyWhereTheModeAllows(RunMode mode, int toProduction, int toTheLab)
    {
        using var production = new Wire();
        using var lab = new Wire();
        _bench.Endpoints.Add(new ServiceEndpoint("front-door", production.Url, null));
        _bench.Endpoints.Add(new ServiceEndpoint("lab-door", lab.Url, null));
        _bench.Step("move", "http", with: Put.Replace("ENDPOINT", "front-door", StringComparison.Ordinal), rehearsal: Instead("""{"endpoint":"lab-door"}"""), site: null);

        var run = await _bench.OpenAsync(mode);
        await CarryAnsweringAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
        (production.Requests.Count, lab.Requests.Count).Should().Be((toProduction, toTheLab));
    }

    [Fact]
    public async Task Carry_Tabletop_AsksPeopleForEveryStepAndTouchesAndReadsNothing()
    {
        _bench.Gates.Add(new PlanCheck("gate", StepParameters.None));
        _bench.Guardrails.Add(new PlanGuardrail(new PlanCheck("rail", StepParameters.None), GuardrailAction.Abort, TimeSpan.FromMilliseconds(10), null, null));
        _bench.Serves = false;
        _bench.Step("fence").Step("promote", "burn", pointOfNoReturn: true, promotes: new Promotion("ledger", "fence"), verify: true)
            .Step("task", "task", with: """{"role":"operator","text":"Read ${steps.promote.marker}"}""").Step("look", "look").Step("back", wayBack: true);
        var run = await _bench.OpenAsync(RunMode.Tabletop);
        await _bench.CarryAsync(run);
        var first = (await _bench.Drills.PendingAsync(null, default)).Single();

        var answered = await CarryAnsweringAsync(run);

        first.Should().BeEquivalentTo(new { Kind = "tabletop-step", Name = "fence", Role = "operator", Deadline = (DateTimeOffset?)null });
        first.Question.Should().Be("Tabletop: nothing is sent. Step 'fence' would fence. Say how it would go; confirm = it would be done, refuse = it would fail.");
        answered.Should().Equal("fence", "approve:promote", "promote", "task", "look", "back");
        _bench.World.Story.Should().BeEmpty();
        _bench.GateRounds.Should().Be(0);
        _bench.RailLooks.Should().Be(0);
        var view = await _bench.ShowAsync(run);
        view.Outcome.Should().Be("passed");
        view.Strength.Should().Be("tabletop");
        view.Gates.Should().BeEmpty();
        view.WouldCheck.Should().Equal("gate gate {}", "steady state service {}", "guardrail rail {}");
        view.Answers.Should().Contain(answer => answer.Item == "fence" && answer.Note == "as the manual says");
        view.Measurement.Should().BeNull();
        view.Promoted.Should().BeNull();
        _bench.Process.GetRequiredService<IServingSites>().ServingSiteOf("ledger").Should().Be("primary", "nobody was promoted");
    }

    [Fact]
    public async Task Start_Tabletop_KeepsNobodyFromTheSystem()
    {
        _bench.Step("one");
        await _bench.OpenAsync(RunMode.Tabletop);

        var live = await _bench.Drills.StartAsync(new StartRequest("plan", RunMode.Live, "at the same time", DrillBench.Operator), default);

        live.Should().BeOfType<StartResult.Started>();
    }

    [Fact]
    public async Task Abort_OfATabletop_UndoesAndReadsNothing()
    {
        _bench.Serves = false;
        _bench.Step("one").Step("two");
        var run = await _bench.OpenAsync(RunMode.Tabletop);
        await _bench.CarryAsync(run);
        await _bench.Drills.AnswerAsync(run, "one", DrillBench.Operator, true, "done", default);
        await _bench.CarryAsync(run);

        await _bench.OrderAsync(run, RunOrder.Abort);
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("aborted");
        _bench.World.Story.Should().BeEmpty();
    }

    [Fact]
    public async Task Carry_Rehearsal_ActsOnWhatEachStepNamesAndMovesNoService()
    {
        _bench.Step("fence", rehearsal: Instead("{}", "lab")).Step("promote", promotes: new Promotion("ledger", "fence"), rehearsal: Instead("{}", "lab")).Step("announce", rehearsal: new RehearsalTarget(true, null, StepParameters.None));

        var run = await _bench.OpenAsync(RunMode.Rehearsal);
        await _bench.CarryAsync(run);

        var view = await _bench.ShowAsync(run);
        view.Outcome.Should().Be("passed");
        view.Strength.Should().Be("rehearsal");
        view.Measurement.Should().BeNull();
        view.Steps.Select(step => step.State).Should().Equal("done", "done", "skipped");
        _bench.World.Sites.Should().Equal("fence at lab", "promote at lab");
        (await _bench.Reading.ServingSitesAsync(default)).Should().BeEmpty();
    }

    [Theory]
    [InlineData("primary", "step 'one': its rehearsal acts on site 'primary', which is production. Name an isolated site.")]
    [InlineData("dr", "step 'one': its rehearsal acts on site 'dr', as step 'one' does live. Name an isolated namespace.")]
    [InlineData(null, "step 'one': it has an effect, and names nothing that it acts on in a rehearsal. Give it a target of its own, or leave it out.")]
    public async Task Start_RehearsalThatWouldTouchProduction_IsRefused(string? site, string why)
    {
        _bench.Step("one", rehearsal: site is null ? null : Instead("{}", site));

        var result = await _bench.Drills.StartAsync(new StartRequest("plan", RunMode.Rehearsal, "try", DrillBench.Operator), default);

        result.Should().BeEquivalentTo(new StartResult.Refused("rehearsal-target", $"Plan 'plan' is not fit for a rehearsal: {why}"));
        _bench.World.Story.Should().BeEmpty();
    }

    [Fact]
    public async Task Start_RealByASchedule_IsRefused()
    {
        _bench.Step("one");

        var result = await _bench.Drills.StartAsync(new StartRequest("plan", RunMode.Real, "Monday", DrillBench.Operator) { Source = StartSource.Schedule }, default);

        result.Should().BeOfType<StartResult.Refused>().Which.Code.Should().Be("not-by-schedule");
    }

    [Fact]
    public async Task Start_RealWithoutAReason_IsRefused()
    {
        _bench.Step("one");

        (await _bench.Drills.StartAsync(new StartRequest("plan", RunMode.Real, " ", DrillBench.Operator), default)).Should().BeOfType<StartResult.Refused>().Which.Code.Should().Be("reason-missing");
    }

    [Fact]
    public async Task Carry_RealOverAGateThatDoesNotPass_NeedsASignedReasonOfSomebodyElse()
    {
        _bench.Gates.Add(new PlanCheck("gate", StepParameters.None));
        _bench.GatePasses = false;
        _bench.Step("one");
        var run = await _bench.OpenAsync(RunMode.Real);
        await _bench.CarryAsync(run);
        var waiting = await _bench.ShowAsync(run);

        var codes = new List<string>();
        foreach (var (person, note) in new (Person, string?)[] { (DrillBench.Operator, "mine"), (DrillBench.Approver, null), (DrillBench.Approver, "the site burns") })
        {
            codes.Add((await _bench.Drills.AnswerAsync(run, "gate-override:1", person, true, note, default)).Code);
        }

        await _bench.CarryAsync(run);

        waiting.WaitingFor.Should().Be("gate-override 'gate-override:1' by approver");
        codes.Should().Equal("own-run", "reason-missing", "accepted");
        var view = await _bench.ShowAsync(run);
        view.Outcome.Should().Be("passed");
        view.Strength.Should().Be("real");
        view.Overrides.Should().ContainSingle().Which.Text.Should().StartWith("Gate 'gate dr' does not pass: found 3 s");
    }

    [Fact]
    public async Task Carry_RealOverAGateThatIsNotOverridden_EndsInFrontOfItsFirstEffect()
    {
        _bench.Gates.Add(new PlanCheck("gate", StepParameters.None));
        _bench.GatePasses = false;
        _bench.Step("one");
        var run = await _bench.OpenAsync(RunMode.Real);
        await _bench.CarryAsync(run);

        await _bench.Drills.AnswerAsync(run, "gate-override:1", DrillBench.Approver, false, "not like this", default);
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("aborted");
        _bench.World.Story.Should().BeEmpty();
    }

    [Fact]
    public async Task Carry_RealWhileTheServiceIsDown_IsWhatItIsFor()
    {
        _bench.Serves = false;
        _bench.Step("one");
        _bench.World.Next("one", (marker, _) =>
        {
            _bench.Serves = true;
            return Task.FromResult<StepOutcome>(new StepOutcome.Done([]));
        });

        var run = await _bench.OpenAsync(RunMode.Real);
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
    }

    [Fact]
    public async Task Report_OfAClosedRealRun_IsOnItsRecordOnce()
    {
        _bench.Step("one");
        var drill = await _bench.OpenAsync();
        await _bench.CarryAsync(drill);
        var run = await _bench.OpenAsync(RunMode.Real);
        var codes = new List<string> { (await _bench.OrderAsync(run, RunOrder.Report)).Code, (await _bench.OrderAsync(drill, RunOrder.Report)).Code };
        await _bench.CarryAsync(run);
        var before = (await _bench.ShowAsync(run)).ReportedBy;
        foreach (var (person, text) in new (Person, string?)[] { (DrillBench.Viewer, "x"), (DrillBench.Colleague, " "), (DrillBench.Colleague, "DMS 2026-118"), (DrillBench.Approver, "again") })
        {
            codes.Add((await _bench.OrderAsync(run, RunOrder.Report, person, text)).Code);
        }

        before.Should().BeNull();
        codes.Should().Equal("not-closed", "not-real", "role-missing", "reason-missing", "accepted", "already-reported");
        (await _bench.ShowAsync(run)).ReportedBy.Should().Be("wang");
    }

    [Theory]
    [InlineData("go-on", "passed", false)]
    [InlineData("roll-back", "failed", true)]
    [InlineData("close", "failed", false)]
    public async Task Carry_RealWhoseStepFails_StopsAndAsks(string choice, string outcome, bool undone)
    {
        _bench.Step("one").Step("two");
        _bench.World.Next("two", new StepOutcome.Failed("no room"));
        var run = await _bench.OpenAsync(RunMode.Real);
        await _bench.CarryAsync(run);
        var waiting = await _bench.ShowAsync(run);
        var undoneByItself = _bench.World.Undone.Count;

        await _bench.Drills.AnswerAsync(run, $"decide:two:1:{choice}", DrillBench.Colleague, true, null, default);
        await _bench.CarryAsync(run);

        waiting.WaitingFor.Should().Be("stop-decision 'two' by operator");
        undoneByItself.Should().Be(0, "a real run undoes nothing without a word");
        (await _bench.ShowAsync(run)).Outcome.Should().Be(outcome);
        _bench.World.Undone.Should().Equal(undone ? ["two", "one"] : []);
    }

    [Theory]
    [InlineData("go-on", "passed")]
    [InlineData("roll-back", "aborted")]
    [InlineData("close", "aborted")]
    public async Task Abort_OfARealRun_StopsAndAsks(string choice, string outcome)
    {
        _bench.Step("one").Step("two", timeout: TimeSpan.FromMinutes(10));
        var inFlight = _bench.World.Hangs("two", lands: false);
        var run = await _bench.OpenAsync(RunMode.Real);
        var carried = _bench.CarryAsync(run);
        await inFlight;
        await _bench.OrderAsync(run, RunOrder.Abort);
        await carried;
        var asked = (await _bench.Drills.PendingAsync(DrillBench.Colleague, default)).Select(item => item.Name).ToList();

        await _bench.Drills.AnswerAsync(run, asked.Single(item => item.EndsWith(choice, StringComparison.Ordinal)), DrillBench.Colleague, true, null, default);
        await _bench.CarryAsync(run);

        asked.Should().HaveCount(3);
        (await _bench.ShowAsync(run)).Outcome.Should().Be(outcome);
        _bench.World.Undone.Should().Equal(choice == "roll-back" ? ["two", "one"] : []);
        _bench.World.Landed.Should().Equal(choice == "go-on" ? ["one", "two"] : ["one"]);
    }

    [Fact]
    public async Task Abort_OfARealRunWhereEveryWayIsRefused_AsksAgain()
    {
        _bench.Step("one", "task", with: """{"role":"operator","text":"Look"}""");
        var run = await _bench.OpenAsync(RunMode.Real);
        await _bench.CarryAsync(run);
        await _bench.OrderAsync(run, RunOrder.Abort);
        await _bench.CarryAsync(run);
        var first = (await _bench.Drills.PendingAsync(DrillBench.Colleague, default)).Where(item => item.Kind == "stop-decision").Select(item => item.Name).ToList();
        foreach (var item in first)
        {
            await _bench.Drills.AnswerAsync(run, item, DrillBench.Colleague, false, "none of these", default);
        }

        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).ClosedAt.Should().BeNull();
        (await _bench.Drills.PendingAsync(DrillBench.Colleague, default)).Where(item => item.Kind == "stop-decision").Should().HaveCount(3);
    }

    private static RehearsalTarget Instead(string parameters, string? site = null) => new(false, site, new StepParameters(JsonNode.Parse(parameters)!.AsObject()));

    /// <summary>Answers whatever the run asks, until it ends; the items in the order in which they were asked.</summary>
    private async Task<List<string>> CarryAnsweringAsync(long run)
    {
        var answered = new List<string>();
        await _bench.CarryAsync(run);
        while ((await _bench.Drills.PendingAsync(null, default)).FirstOrDefault() is { } item)
        {
            answered.Add(item.Name);
            (await _bench.Drills.AnswerAsync(run, item.Name, item.Role == "approver" ? DrillBench.Approver : DrillBench.Operator, true, "as the manual says", default)).Accepted.Should().BeTrue();
            await _bench.CarryAsync(run);
        }

        return answered;
    }

    /// <summary>A listener that answers 200 and keeps what it heard.</summary>
    private sealed class Wire : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _ended = new();

        public Wire()
        {
            _listener.Start();
            _ = ServeAsync();
        }

        public System.Collections.Concurrent.ConcurrentQueue<string> Requests { get; } = new();

        public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

        public void Dispose()
        {
            _ended.Cancel();
            _listener.Stop();
            _ended.Dispose();
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync(_ended.Token);
                    var stream = client.GetStream();
                    var buffer = new byte[4096];
                    var read = await stream.ReadAsync(buffer, _ended.Token);
                    Requests.Enqueue(Encoding.ASCII.GetString(buffer, 0, read).Split('\r')[0]);
                    await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"u8.ToArray(), _ended.Token);
                }
            }
            catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException or IOException)
            {
                // The test has ended.
            }
        }
    }
}
