using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using DrOrchestrator.Commands;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Programs;

namespace DrOrchestrator.Tests.Drills.Steps.Programs;

/// <summary>What of a program may still run, seen or not, and until when it may.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class CommandProcessTests : IDisposable
{
    private const string May = "process 4711 of another account began since, what began it is gone, and it cannot be looked into: it may be of this step";

    private readonly ScriptFolder _folder = new();
    private readonly StepBench _bench = new("");
    private IReadOnlyList<int> _hidden = [];
    private string _place = "here";
    private bool _seesOthers = true;

    public void Dispose() => _folder.Dispose();

    /// <summary>A <c>sudo</c> of a wrapper: its environment is root's, and the signal that ends the wrapper does not end it.</summary>
    [Fact]
    public async Task Observe_ProcessThatCannotBeLookedInto_StillMayThoughThePlanSaysRepeatable()
    {
        var (context, kind, intent) = await PreparedAsync(new JsonObject { ["repeatable"] = true });
        _hidden = [4711];

        var seen = await kind.ObserveAsync(context, intent, default);
        _hidden = [];
        var gone = await kind.ObserveAsync(context, intent, default);

        seen.Should().BeEquivalentTo(new Observation(ObservedAnswer.StillMay, May));
        gone.Answer.Should().Be(ObservedAnswer.CannotHappenAnyMore);
    }

    [Theory]
    [InlineData(false, "CannotTell")]
    [InlineData(true, "Happened")]
    public async Task Observe_StartedAtAnotherPlace_OnlyTheProgramThatLooksCanTell(bool looks, string expected)
    {
        var with = new JsonObject { ["repeatable"] = true };
        if (looks)
        {
            with["observe"] = _folder.Script("look", "exit 0");
        }

        var (context, kind, intent) = await PreparedAsync(with);
        _place = "elsewhere";
        _hidden = [4711];

        var seen = await kind.ObserveAsync(context, intent, default);

        seen.Answer.ToString().Should().Be(expected);
        seen.Detail.Should().Be(looks ? $"{_folder.File("look")} says: exit code 0" : $"{_folder.File("p")} was started at another place (machine, container, or before it began anew), and whether it still runs there cannot be seen from here");
    }

    [Fact]
    public async Task Execute_WhatItHasStartedCannotBeEnded_IsUnknownThoughItEndedWell()
    {
        var (context, kind, intent) = await PreparedAsync([], end: [4711]);

        var outcome = await kind.ExecuteAsync(context, intent, default);

        outcome.Should().BeOfType<StepOutcome.Unknown>().Which.Reason.Should().Be($"{_folder.File("p")} has ended, and what it has started still runs as process 4711, which cannot be ended from here");
    }

    [Fact]
    public async Task Observe_ProcessesOfOthersAreHidden_AsksAPersonThoughThePlanSaysRepeatable()
    {
        var (context, kind, intent) = await PreparedAsync(new JsonObject { ["repeatable"] = true });
        _seesOthers = false;

        var seen = await kind.ObserveAsync(context, intent, default);

        seen.Should().BeEquivalentTo(new Observation(ObservedAnswer.CannotTell, $"processes of other accounts are hidden here (hidepid), and whether one that {_folder.File("p")} has started still runs cannot be seen"));
    }

    /// <summary>An attempt ended unknown; then a look saw that nothing is there, or a person said what became of it. Daemons of others that begin meanwhile hold up no rollback.</summary>
    [Fact]
    public async Task Undo_BehindAnUnknownOutcome_IsNotHeldByWhatBeganSince()
    {
        var back = _folder.Script("back", $"touch {_folder.File("undone")}");
        var (context, kind, intent) = await PreparedAsync(new JsonObject { ["undo"] = back });
        _hidden = [4711];
        _bench.Unanswered["s"] = TimeProvider.System.GetUtcNow();

        var outcome = await kind.UndoAsync(context, intent, null, default);

        outcome.Should().BeOfType<StepOutcome.Done>();
        File.Exists(_folder.File("undone")).Should().BeTrue();
    }

    /// <summary>The program acts as long as it lives.</summary>
    [Fact]
    public async Task Execute_PermitEndsBeforeTheTimeout_TheProgramIsEndedWithIt()
    {
        var (context, kind, intent) = await PreparedAsync([], text: $"sleep 30; touch {_folder.File("ran")}");
        var left = new LeapingClock(leapsAt: 0, by: TimeSpan.FromSeconds(64));

        var outcome = await kind.ExecuteAsync(context with { Permit = new SendPermit(left.Proof, TimeSpan.FromSeconds(60), left) }, intent, default);

        outcome.Should().BeOfType<StepOutcome.Unknown>();
        File.Exists(_folder.File("ran")).Should().BeFalse();
    }

    /// <summary>Stopped between the last word that it may begin and its beginning: asked, may it last; asked, may it begin; stands still; begins.</summary>
    [Fact]
    public async Task Execute_StandsStillWhileTheProgramIsStarted_TheProgramIsEndedAtOnce()
    {
        var (context, kind, intent) = await PreparedAsync([], text: $"sleep 30; touch {_folder.File("ran")}");
        var clock = new LeapingClock(leapsAt: 2, by: TimeSpan.FromHours(1));

        var execute = () => kind.ExecuteAsync(context with { Permit = new SendPermit(clock.Proof, TimeSpan.FromSeconds(60), clock) }, intent, default);

        await execute.Should().ThrowAsync<PermitOverException>();
        clock.Reads.Should().Be(3);

        // It was killed before it had a session, so nobody waited for it; left alone it would come to its second command.
        while (MarkedProcesses.With("DRO_MARK", context.Marker).Count > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        File.Exists(_folder.File("ran")).Should().BeFalse();
    }

    private async Task<(StepContext Context, CommandStep Kind, JsonObject Intent)> PreparedAsync(JsonObject with, IReadOnlyList<int>? end = null, string text = "true")
    {
        with["program"] = _folder.Script("p", text);
        var sight = ProcessSight.OfThisMachine with { Place = () => _place, Hidden = _ => _hidden, SeesOthers = () => _seesOthers };
        var kind = new CommandStep(
            new AllowedCommands([_folder.File("p"), _folder.File("look"), _folder.File("back")]), TimeProvider.System,
            end is null ? sight : sight with { End = async (session, time) => [.. await Sessions.KillAsync(session, time), .. end] });

        // A mark of its own: other tests of this class leave programs of the same step behind for a moment.
        var context = _bench.Context("command", with.ToJsonString(), timeoutSeconds: 60) with { RunMark = $"dro-{Guid.NewGuid():N}" };
        return (context, kind, await kind.PrepareAsync(context, default));
    }

    /// <summary>A wall clock that leaps at one of its reads; the process stood still.</summary>
    private sealed class LeapingClock(int leapsAt, TimeSpan by) : TimeProvider
    {
        private static readonly DateTimeOffset Began = new(2026, 11, 27, 8, 0, 0, TimeSpan.Zero);

        public int Reads { get; private set; }

        public LeaseProof Proof => new(GetTimestamp(), Began);

        public override long GetTimestamp() => 0;

        public override DateTimeOffset GetUtcNow() => Reads++ < leapsAt ? Began : Began + by;
    }
}
