using System.Collections.Concurrent;
using DrOrchestrator.Availability.Planned;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Availability;

/// <summary>See <see cref="ISystemAvailability"/>.</summary>
internal sealed class SystemAvailability(EstateHolder estates, DecidingSubjects deciding, LedgerReader reader, IMaintenanceStore maintenance) : ISystemAvailability
{
    private static readonly TimeSpan Moment = TimeSpan.FromMicroseconds(1);

    private readonly ConcurrentDictionary<string, (DateTimeOffset At, Estate Estate, ServiceLedger Ledger)> _ledgers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(ServiceCalendar Calendar, int Year), SpanSet> _serviceYears = new();
    private (DateTimeOffset At, MaintenanceBook Book)? _book;

    public async Task<IReadOnlyList<AvailabilityReading>> ReadAsync(string system, IReadOnlyList<AvailabilityWindow> windows, CancellationToken cancellationToken)
    {
        var estate = estates.Current;
        if (estate.FindSystem(system) is not { } found)
        {
            return [];
        }

        var (_, ledger) = await LedgerAsync(estate, found, cancellationToken).ConfigureAwait(false);
        var calendar = estate.ServiceCalendarOf(found);
        return
        [
            .. windows.Select(window => new AvailabilityReading(
                system, window, ledger.Between(window.From, window.To, calendar is null ? null : ServiceTime(calendar, window.From, window.To)))
            {
                WholeCommitted = calendar is null ? null : ServiceTime(calendar, window.From, window.WholeTo).Total,
            }),
        ];
    }

    public async Task<MaintenanceEntry?> PlannedAtAsync(string system, DateTimeOffset moment, CancellationToken cancellationToken)
    {
        var estate = estates.Current;
        if (estate.FindSystem(system) is not { } found)
        {
            return null;
        }

        var (at, ledger) = await LedgerAsync(estate, found, cancellationToken).ConfigureAwait(false);
        var book = await BookAsync(at, cancellationToken).ConfigureAwait(false);
        return ledger.IsPlannedAt(moment)
            ? book.Entries.FirstOrDefault(entry => entry.IsInForce && entry.Systems.Contains(system) && entry.Start <= moment && entry.End > moment)
            : null;
    }

    public async Task<AvailabilityEvidence?> EvidenceAsync(string system, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var estate = estates.Current;
        if (estate.FindSystem(system) is not { } found)
        {
            return null;
        }

        var (at, subjects) = await reader.ReadAsync(deciding.Of(estate, found), cancellationToken).ConfigureAwait(false);
        var book = await ReadBookAsync(at, cancellationToken).ConfigureAwait(false);
        List<MaintenanceEntry> approved = [.. book.Entries.Where(entry => entry.IsInForce && entry.Systems.Contains(system) && entry.Start < to && entry.End > from)];

        // Whether a maintenance over the window's beginning was planned is told by the moment before that maintenance.
        var since = approved.Select(entry => entry.Start - Moment).Append(from).Min();
        return new AvailabilityEvidence(
            system,
            [
                .. subjects.Where(subject => subject.Deciding is null || subject.Deciding.Any(span => span.From < to && span.To > since)).Select(subject => subject with
                {
                    Intervals = [.. subject.Intervals.Where(row => row.Start.Earliest < to && (row.End is not { } end || end.Latest > since))],
                    Blips = [.. subject.Blips.Where(blip => blip.From < to && blip.To > since)],
                }),
            ],
            approved,
            [.. book.Outages.Where(outage => outage.System == system && outage.From < to && outage.To > since)],
            estate.ServiceCalendarOf(found) is { } calendar ? [.. ServiceTime(calendar, from, to).Spans] : null);
    }

    private async Task<(DateTimeOffset At, ServiceLedger Ledger)> LedgerAsync(Estate estate, ProtectedSystem system, CancellationToken cancellationToken)
    {
        var (at, subjects) = await reader.ReadAsync(deciding.Of(estate, system), cancellationToken).ConfigureAwait(false);
        if (!_ledgers.TryGetValue(system.Name, out var kept) || kept.At != at || !ReferenceEquals(kept.Estate, estate))
        {
            var book = await BookAsync(at, cancellationToken).ConfigureAwait(false);
            _ledgers[system.Name] = kept = (at, estate, ServiceLedger.Of(subjects, book.Of(system.Name)));
        }

        return (at, kept.Ledger);
    }

    private async Task<MaintenanceBook> BookAsync(DateTimeOffset at, CancellationToken cancellationToken) =>
        _book is { } kept && kept.At == at ? kept.Book : await ReadBookAsync(at, cancellationToken).ConfigureAwait(false);

    private async Task<MaintenanceBook> ReadBookAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        try
        {
            var book = await maintenance.ReadAsync(cancellationToken).ConfigureAwait(false);
            _book = (at, book);
            return book;
        }
        catch (RecordsAwayException) when (_book is not null)
        {
            // Nothing can be put on record meanwhile.
            return _book.Value.Book;
        }
    }

    /// <summary>Service time by years, each worked out once.</summary>
    private SpanSet ServiceTime(ServiceCalendar calendar, DateTimeOffset from, DateTimeOffset to)
    {
        var all = SpanSet.Empty;
        for (var year = from.UtcDateTime.Year; year <= to.UtcDateTime.Year; year++)
        {
            all = all.Union(_serviceYears.GetOrAdd((calendar, year), static key =>
            {
                var begin = new DateTimeOffset(key.Year, 1, 1, 0, 0, 0, TimeSpan.Zero);
                return ServiceTimeCalculator.Between(key.Calendar, begin, begin.AddYears(1));
            }));
        }

        return all.Clip(from, to);
    }
}
