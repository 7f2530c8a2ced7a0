using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.EndToEnd.Harness;
using DrOrchestrator.Testing.Postgres;

namespace DrOrchestrator.EndToEnd.Chaos;

/// <summary>What happens to the primary and to its host while a run goes on, each at the moment that the seed says.</summary>
internal sealed class ChaosBlows(DatabasePair pair, ChaosPlan plan)
{
    /// <summary>The step of a failover that waits for the interruption; it changes nothing.</summary>
    public const string Detection = "detect";

    private readonly TaskCompletionSource _detected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _strike;
    private Task? _absence;

    /// <summary>Called with every event of the run, as it is told.</summary>
    public void Heard(RunEvent happened)
    {
        if (happened.Kind is JournalKinds.Intent && _strike is null)
        {
            _strike = StrikeAsync();
            _absence = plan.Absence is { } absence ? StayAwayAsync(absence) : Task.CompletedTask;
        }

        if (happened is { Kind: JournalKinds.Outcome, Step: Detection })
        {
            _detected.TrySetResult();
        }
    }

    /// <summary>Ends when whatever ends by itself is over. A blow that waits to be detected waits no longer: the run asks a person before that, or is closed.</summary>
    /// <returns>False where a failover has nothing left to switch for: it was over before it was detected.</returns>
    public async Task<bool> EndAsync(RunView run)
    {
        bool detected = plan.Planned || plan.Fate is PrimaryFate.Killed or PrimaryFate.Frozen || run.Steps.Single(step => step.Name == Detection).State == "done";
        _detected.TrySetResult();
        if (_strike is not null)
        {
            await Task.WhenAll(_strike, _absence!);
        }

        return detected;
    }

    private async Task StrikeAsync()
    {
        await Patience.PauseAsync(plan.Strikes);
        try
        {
            switch (plan.Fate)
            {
                case PrimaryFate.Killed:
                    await pair.Primary.KillAsync();
                    break;
                case PrimaryFate.Restarted:
                    await pair.Primary.KillAsync();
                    await ReturnAsync();
                    await pair.Primary.StartByOthersAsync();
                    break;
                case PrimaryFate.Frozen:
                    await pair.Primary.StandStillAsync();
                    break;
                case PrimaryFate.Woken:
                    await pair.Primary.StandStillAsync();
                    await ReturnAsync();
                    await pair.Primary.GoOnAsync();
                    break;
                case PrimaryFate.CutOff:
                    await pair.Line.CutAsync(true);
                    await ReturnAsync();
                    await pair.Line.CutAsync(false);
                    break;
            }
        }
        catch (Exception e) when (e is FileNotFoundException or InvalidOperationException && plan.Planned)
        {
            // A planned switch has ended the server just before: the blow meets nobody.
        }
    }

    private async Task ReturnAsync()
    {
        if (!plan.Planned)
        {
            await _detected.Task;
        }

        await Patience.PauseAsync(plan.Returns);
    }

    private async Task StayAwayAsync(HostAbsence absence)
    {
        await Patience.PauseAsync(absence.After);
        PairEstate.SetHostAway(pair.Primary, true);
        await Patience.PauseAsync(absence.Length);
        PairEstate.SetHostAway(pair.Primary, false);
    }
}
