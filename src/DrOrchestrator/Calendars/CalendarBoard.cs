using DrOrchestrator.Compliance.Alerts;
using DrOrchestrator.Drills;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Time;

namespace DrOrchestrator.Calendars;

/// <summary>The calendar as it was last read; whoever shows it waits for no database. Read every few seconds and after everything the calendar does.</summary>
public sealed class CalendarBoard(EstateHolder estates, IPlans plans, IFireLedger ledger, IDrills drills, ProcessClock clock) : IAlertSource, IDisposable
{
    /// <summary>So many times of each entry are read back.</summary>
    private const int NewestRead = 50;

    /// <summary>One reading at a time: an older one must not take the place of a newer.</summary>
    private readonly SemaphoreSlim _reading = new(1, 1);

    private CalendarStanding _newest = CalendarStanding.None;

    /// <summary>As last read.</summary>
    public CalendarStanding Read() => Volatile.Read(ref _newest);

    /// <summary>Reads it anew.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Volatile.Write(ref _newest, await ReadAsync(estates.Current, cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            _reading.Release();
        }
    }

    private async Task<CalendarStanding> ReadAsync(Estate estate, CancellationToken cancellationToken)
    {
        var fires = new Dictionary<string, IReadOnlyList<Fire>>(StringComparer.Ordinal);
        foreach (var entry in estate.Calendars)
        {
            fires[entry.Name] = await ledger.ReadAsync(entry.Name, NewestRead, cancellationToken).ConfigureAwait(false);
        }

        var runs = estate.Calendars.Count == 0 ? [] : await drills.ListAsync(cancellationToken).ConfigureAwait(false);
        return CalendarStandings.Of(estate, plans.All, fires, runs, clock.Provider.GetUtcNow());
    }

    /// <summary>A gate that does not pass, and a drill that did not begin, for each of the systems they are for.</summary>
    public Task<IReadOnlyList<AlertCondition>> ReadAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<AlertCondition>>([.. Read().Entries.SelectMany(Conditions)]);

    /// <inheritdoc />
    public void Dispose() => _reading.Dispose();

    private static IEnumerable<AlertCondition> Conditions(CalendarLine line)
    {
        foreach (var system in line.Systems)
        {
            if (line.Readiness is { State: CanSwitch.No } readiness)
            {
                yield return new AlertCondition(AlertKinds.GatesFail, system, line.Name, readiness.Reason);
            }

            if (line.Standing is { } standing)
            {
                yield return new AlertCondition(AlertKinds.DrillNotOpened, system, line.Name, standing.Text);
            }
        }
    }
}
