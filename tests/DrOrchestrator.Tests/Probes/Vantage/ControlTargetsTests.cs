using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Probes.Vantage;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace DrOrchestrator.Tests.Probes.Vantage;

public sealed class ControlTargetsTests : IDisposable
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly ProbeDefinition Definition = new(
        "p", "s", null, ProbeRole.Service, "f", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1), 2, new TcpProbeSettings("127.0.0.1", 1));

    private readonly SteppedTime _time = new();
    private readonly ProcessClock _clock;
    private readonly Dictionary<string, ScriptedControl> _controls = [];
    private ControlTargets? _targets;

    public ControlTargetsTests() => _clock = new ProcessClock(_time);

    public void Dispose() => _targets?.Dispose();

    [Fact]
    public async Task Judge_ControlIsFine_DownStaysDown()
    {
        var check = Check("gateway");

        var judged = await check.JudgeAsync(Down(), default);

        judged.Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Down, Reason = "connection refused by 127.0.0.1:1", Vantage = "dc-a" });
        _controls["gateway"].Looks.Should().Be(1);
    }

    [Fact]
    public async Task Judge_ControlFailsToo_IsUnknownUntilItRecovers()
    {
        var check = Check("gateway");
        _controls["gateway"].Outcome = ProbeOutcome.Down;

        (await check.JudgeAsync(Down(), default)).Should().BeEquivalentTo(new
        {
            Outcome = ProbeOutcome.Unknown,
            Reason = "lost vantage point: control target gateway fails too: no route to 10.0.0.1:443 (seen: connection refused by 127.0.0.1:1)",
            Vantage = "dc-a",
        });

        _controls["gateway"].Outcome = ProbeOutcome.Up;
        (await check.JudgeAsync(Down(), default)).Outcome.Should().Be(ProbeOutcome.Unknown, "the look at the controls holds for a second");
        _time.Advance(TimeSpan.FromSeconds(1));
        (await check.JudgeAsync(Down(), default)).Outcome.Should().Be(ProbeOutcome.Down);
    }

    [Fact]
    public async Task Judge_ProbeIsUp_LooksAtNoControl()
    {
        var check = Check("gateway");

        (await check.JudgeAsync(Down() with { Outcome = ProbeOutcome.Up }, default)).Outcome.Should().Be(ProbeOutcome.Up);

        _controls["gateway"].Looks.Should().Be(0);
    }

    [Fact]
    public async Task Judge_NoControlDeclared_ChangesNothing()
    {
        _targets = NoControls.Of(_clock);
        var result = Down();

        (await new VantageCheck(Definition, _targets, _clock).JudgeAsync(result, default)).Should().BeSameAs(result);
    }

    [Theory]
    [InlineData(ControlsRule.All, ProbeOutcome.Down)]
    [InlineData(ControlsRule.Any, ProbeOutcome.Unknown)]
    public async Task Judge_OneOfTwoControlsFails_FollowsTheRule(ControlsRule rule, ProbeOutcome outcome)
    {
        var check = Check(rule, "gateway", "resolver");
        _controls["resolver"].Outcome = ProbeOutcome.Down;

        (await check.JudgeAsync(Down(), default)).Outcome.Should().Be(outcome);
    }

    [Fact]
    public async Task Judge_ThousandProbesFailAtOnce_LooksAtTheControlsOnce()
    {
        Check("gateway");
        _controls["gateway"].Answer = new TaskCompletionSource();
        _controls["gateway"].Outcome = ProbeOutcome.Unknown;

        var judged = Enumerable.Range(0, 1000).Select(_ => new VantageCheck(Definition, _targets!, _clock).JudgeAsync(Down(), default).AsTask()).ToList();
        judged.Should().NotContain(task => task.IsCompleted);
        _controls["gateway"].Answer!.SetResult();

        (await Task.WhenAll(judged)).Should().OnlyContain(result => result.Outcome == ProbeOutcome.Unknown);
        _controls["gateway"].Looks.Should().Be(1);
    }

    [Fact]
    public async Task Judge_WallClockJumpsWhileDown_IsUnknownOnceWithoutALookAtTheControls()
    {
        var check = Check("gateway");
        (await check.JudgeAsync(Down(), default)).Outcome.Should().Be(ProbeOutcome.Down);

        _time.Step = TimeSpan.FromHours(-1);

        (await check.JudgeAsync(Down(), default)).Reason.Should().Be(
            "the orchestrator's wall clock moved by -3600s: suspended machine or stepped clock (seen: connection refused by 127.0.0.1:1)");
        _controls["gateway"].Looks.Should().Be(1);
        (await check.JudgeAsync(Down(), default)).Outcome.Should().Be(ProbeOutcome.Down);
    }

    [Fact]
    public async Task Judge_MachineSuspendedBetweenTwoLooks_IsUnknownOnce()
    {
        // Asleep: wall time went on, monotonic time did not.
        var check = Check("gateway");
        _time.Step = TimeSpan.FromMinutes(40);

        (await check.JudgeAsync(Down() with { Outcome = ProbeOutcome.Up, Reason = "HTTP 200" }, default)).Should().BeEquivalentTo(new
        {
            Outcome = ProbeOutcome.Unknown,
            Reason = "the orchestrator's wall clock moved by 2400s: suspended machine or stepped clock (seen: HTTP 200)",
        });
        (await check.JudgeAsync(Down() with { Outcome = ProbeOutcome.Up }, default)).Outcome.Should().Be(ProbeOutcome.Up);
    }

    [Fact]
    public async Task Judge_ProcessStoodStill_IsUnknown()
    {
        var result = new ProbeResult("p", ProbeOutcome.Down, T0, T0.AddSeconds(60), "no answer within 1s");

        (await Check("gateway").JudgeAsync(result, default)).Should().BeEquivalentTo(
            new { Outcome = ProbeOutcome.Unknown, Reason = "the orchestrator stood still for 60s during this look (seen: no answer within 1s)" });
    }

    [Theory]
    [InlineData(null, new[] { "dc-a" }, null, "dc-a")]
    [InlineData(null, new string[0], null, "")]
    [InlineData("dc-b", new[] { "dc-a", "dc-b" }, null, "dc-b")]
    [InlineData(null, new[] { "dc-a", "dc-b" }, "the estate declares several vantage points; say which one this server is: --vantage dc-a or --vantage dc-b", "dc-a")]
    [InlineData("dc-c", new[] { "dc-a", "dc-b" }, "--vantage: found 'dc-c'; allowed: dc-a, dc-b", "")]
    [InlineData("dc-c", new string[0], "--vantage: found 'dc-c'; allowed: none, the estate declares no vantage point", "")]
    public void Of_WhatTheServerWasTold_FindsItsOwn(string? told, string[] declared, string? problem, string name)
    {
        var estate = Estate.None with { VantagePoints = [.. declared.Select(point => new VantagePoint(point, [], ControlsRule.All))] };
        var own = new OwnVantage(told);

        own.Problem(estate).Should().Be(problem);
        own.Of(estate).Name.Should().Be(name);
    }

    private static ProbeResult Down() => new("p", ProbeOutcome.Down, T0, T0.AddSeconds(0.1), "connection refused by 127.0.0.1:1");

    private VantageCheck Check(params string[] controls) => Check(ControlsRule.All, controls);

    private VantageCheck Check(ControlsRule rule, params string[] controls)
    {
        var targets = controls.Select(name => new ControlTarget(name, TimeSpan.FromSeconds(1), new TcpProbeSettings("10.0.0.1", 443))).ToList();
        _targets = new ControlTargets(new VantagePoint("dc-a", targets, rule), control => _controls[control.Name] = new ScriptedControl(control.Name), _clock, NullLogger.Instance);
        return new VantageCheck(Definition, _targets, _clock);
    }

    private sealed class ScriptedControl(string name) : IProbe
    {
        private int _looks;

        public ProbeOutcome Outcome { get; set; } = ProbeOutcome.Up;

        public TaskCompletionSource? Answer { get; set; }

        public int Looks => Volatile.Read(ref _looks);

        public async Task<ProbeResult> RunAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _looks);
            await (Answer?.Task ?? Task.CompletedTask);
            return new ProbeResult(name, Outcome, T0, T0, Outcome == ProbeOutcome.Up ? "accepted by 10.0.0.1:443" : "no route to 10.0.0.1:443");
        }

        public void Dispose()
        {
        }
    }

    /// <summary>A wall clock that can be set without time passing.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        private TimeSpan _passed;

        public TimeSpan Step { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan time) => _passed += time;

        public override DateTimeOffset GetUtcNow() => T0 + _passed + Step;

        public override long GetTimestamp() => _passed.Ticks;
    }
}
