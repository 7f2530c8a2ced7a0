using System.Globalization;
using System.Text;
using DrOrchestrator.Availability;
using DrOrchestrator.Compliance;
using DrOrchestrator.Web;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Benchmarks;

/// <summary>The verdicts of 1,000 systems through the server as it is shipped: estate from files, ledger in its database, all windows, forecasts and findings with them.</summary>
internal static class VerdictsBenchmark
{
    private const int Systems = 1000;
    private const int Interruptions = 20;
    private const int Rounds = 10;
    private const double BudgetMilliseconds = 200;

    public static async Task RunAsync(WorkFolder work, Report report)
    {
        var (estate, data) = (work.Folder("verdicts-estate"), work.Folder("verdicts-data"));
        await File.WriteAllTextAsync(Path.Combine(estate, "estate.yaml"), Estate());
        await using var app = ServerBuilder.Build(new ServeOptions(estate, data));
        await FillAsync(app.Services.GetRequiredService<ITimelineStore>());
        var statuses = app.Services.GetRequiredService<ISystemStatuses>();
        var cold = await MeasureAsync(statuses);
        var warm = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            // Figures are kept for a second: every round reads the ledger's open rows anew.
            await Task.Delay(TimeSpan.FromMilliseconds(1100), TimeProvider.System);
            warm.Add(await MeasureAsync(statuses));
        }

        var samples = new Samples(warm);
        report.Add(new Figure($"verdicts of {Systems} systems, p50 of {Rounds}", $"{samples.Median:F0} ms", "< 200 ms", samples.Median < BudgetMilliseconds));
        report.Add(new Figure("... largest", $"{warm.Max():F0} ms"));
        report.Add(new Figure($"... the first reading, {Systems * Interruptions * 2:N0} rows from disk", $"{cold:F0} ms"));
    }

    private static async Task<double> MeasureAsync(ISystemStatuses statuses)
    {
        var began = TimeProvider.System.GetTimestamp();
        var read = await statuses.ReadAsync(CancellationToken.None);
        var took = TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
        return read.Count == Systems && read.All(status => status.Verdicts.Count == 5) ? took : throw new InvalidOperationException("verdicts are missing");
    }

    private static async Task FillAsync(ITimelineStore store)
    {
        var begin = TimeProvider.System.GetUtcNow().AddDays(-300);
        foreach (var chunk in Enumerable.Range(0, Systems).Chunk(50))
        {
            List<TimelineChange> changes =
            [
                .. from system in chunk
                   from change in Enumerable.Range(0, Interruptions * 2)
                   let at = begin.AddDays(change / 2 * 14).AddMinutes(change % 2 * 3)
                   select new TimelineChange($"probe-{system}", change % 2 == 0 ? IntervalState.Up : IntervalState.Down, new Edge(at.AddSeconds(-5), at, at.AddSeconds(5)), "HTTP 200"),
            ];
            await store.SaveAsync(changes, [], CancellationToken.None);
        }
    }

    private static string Estate()
    {
        var text = new StringBuilder("estate: bench\nsites:\n  - { name: primary, role: production }\n  - { name: dr, role: same-city }\nsystems:\n");
        foreach (var n in Enumerable.Range(0, Systems))
        {
            text.Append(CultureInfo.InvariantCulture, $"  - {{ name: system-{n}, department: IT, owner: li, bia: [ {{ scope: financial-rights, severity: severe, reason: r, signer: s }} ], serving: primary, standbys: [dr], functions: [ {{ name: f, critical: true }} ] }}\n");
        }

        text.Append("probes:\n");
        foreach (var n in Enumerable.Range(0, Systems))
        {
            text.Append(CultureInfo.InvariantCulture, $"  - {{ name: probe-{n}, system: system-{n}, role: service, function: f, kind: tcp, interval: 5s, timeout: 1s, with: {{ host: 127.0.0.1, port: 9 }} }}\n");
        }

        return text.ToString();
    }
}
