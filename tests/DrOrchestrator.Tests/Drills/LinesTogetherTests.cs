using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;

namespace DrOrchestrator.Tests.Drills;

/// <summary>Steps side by side whose lines go to the journal together, and a process that dies at any of them.</summary>
public sealed class LinesTogetherTests : IAsyncDisposable
{
    private static readonly string[] Names = ["a", "b", "c", "d", "e"];
    private readonly DrillBench _bench = new();

    public LinesTogetherTests()
    {
        foreach (var name in Names)
        {
            _bench.Step(name, needs: []);
        }

        _bench.Step("last", needs: Names);
    }

    public static TheoryData<string, string, bool> Boundaries()
    {
        var data = new TheoryData<string, string, bool>();
        foreach (var step in new[] { "a", "c", "last" })
        {
            foreach (var kind in new[] { JournalKinds.Intent, JournalKinds.Outcome })
            {
                data.Add(step, kind, false);
                data.Add(step, kind, true);
            }
        }

        return data;
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [MemberData(nameof(Boundaries))]
    public async Task Carry_KilledAtALineOfOneOfManySteps_GoesOnAndEveryEffectLandsOnce(string step, string kind, bool after)
    {
        _bench.Restart((draft, written) => draft.Step == step && draft.Kind == kind && written == after);
        var run = await _bench.OpenAsync();
        await _bench.Invoking(bench => bench.CarryAsync(run)).Should().ThrowAsync<CrashingJournal.Killed>();
        var landed = _bench.World.Landed.ToList();
        var intents = (await _bench.EntriesAsync(run)).Where(line => line.Kind == JournalKinds.Intent).Select(line => line.Step).ToList();

        _bench.Restart();
        await _bench.CarryAsync(run);

        landed.Except(intents).Should().BeEmpty("an intent is durable before its effect");
        intents.Should().OnlyHaveUniqueItems();
        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
        _bench.World.Landed.Should().BeEquivalentTo([.. Names, "last"], "nothing was done twice and nothing was left out");
        _bench.World.Landed[^1].Should().Be("last", "what it needs was durable before it began");
    }

    [Fact]
    public async Task Carry_StepsSideBySide_EveryLineStandsOnceAndInTheFold()
    {
        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        var lines = await _bench.EntriesAsync(run);
        lines.Select(line => line.Sequence).Should().Equal(Enumerable.Range(1, lines.Count).Select(sequence => (long)sequence));
        foreach (var name in Names)
        {
            lines.Where(line => line.Step == name).Select(line => line.Kind).Should().Equal(JournalKinds.Intent, JournalKinds.Outcome);
        }
    }
}
