using DrOrchestrator.Compliance;
using DrOrchestrator.Drills;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Web;

/// <summary>The forecast that stands on the status page at the moment a run is opened, for its opening line.</summary>
/// <param name="statuses">Asked for when the first run is opened: what it reads of past runs it reads through those who open them.</param>
internal sealed class OpeningForecasts(Func<ISystemStatuses> statuses, TimeProvider time) : IRunForecasts
{
    /// <summary>Half a second: a switch that is needed now does not wait for a figure about it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    public async Task<RunForecast> OfAsync(Plan plan, CancellationToken cancellationToken)
    {
        try
        {
            var reading = await Task.Run(() => statuses().ReadAsync(cancellationToken), cancellationToken).WaitAsync(Patience, time, cancellationToken);
            return Of(plan, reading);
        }
        catch (TimeoutException)
        {
            return RunForecast.None("the status was not read in time");
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            return RunForecast.None($"the status could not be read: {failure.Message}");
        }
    }

    /// <summary>Of a plan for several systems the longest: the run ends with the last of them. Pure.</summary>
    internal static RunForecast Of(Plan plan, IReadOnlyList<SystemStatus> reading)
    {
        var forecasts = reading.Where(status => plan.Systems.Contains(status.Name)).SelectMany(status => status.Recovery.Forecasts).Where(forecast => forecast.Plan == plan.Name).ToList();
        return forecasts.Where(forecast => forecast.P50 is not null).MaxBy(forecast => forecast.P50) is { } longest
            ? new RunForecast(Seconds(longest.P50), Seconds(longest.P95), Seconds(longest.Decision)!.Value, longest.NeverRun, null)
            : RunForecast.None(forecasts.Find(forecast => forecast.Reason is not null)?.Reason ?? "no recovery time is forecast for this plan");
    }

    private static double? Seconds(TimeSpan? span) => span is { } known ? Math.Round(known.TotalSeconds, 3) : null;
}
