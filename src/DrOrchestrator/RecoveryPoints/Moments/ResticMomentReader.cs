using System.Globalization;
using System.Text.Json;
using DrOrchestrator.Estates;
using DrOrchestrator.Time;

namespace DrOrchestrator.RecoveryPoints.Moments;

/// <summary><c>restic</c>: <c>snapshots --json</c> of one repository. The time of a snapshot is when it began to read: what changed behind its back may be in it or not.</summary>
internal sealed class ResticMomentReader(MomentPrograms programs, ProcessClock clock) : IMomentReader
{
    public string Kind => "restic";

    public async Task<MomentResult> ReadAsync(RecoveryPointDefinition definition, CancellationToken cancellationToken)
    {
        var settings = (ResticPointSettings)definition.Settings;
        if (!settings.Password.TryRead(out var password, out var problem))
        {
            return new MomentResult.Failed(clock.Now, $"the password of the repository is missing: {problem}");
        }

        // By its environment, which only its own user can read; never on the command line.
        var environment = new Dictionary<string, string> { ["RESTIC_REPOSITORY"] = settings.Repository, ["RESTIC_PASSWORD"] = password, ["RESTIC_PROGRESS_FPS"] = "0" };
        foreach (var (name, secret) in settings.Environment)
        {
            if (!secret.TryRead(out var value, out problem))
            {
                return new MomentResult.Failed(clock.Now, $"{name} is missing: {problem}");
            }

            environment[name] = value;
        }

        // Without a lock of its own: a look must not keep a backup from beginning. A cache would be written into somebody's home folder.
        List<string> arguments =
        [
            "snapshots",
            "--json",
            "--no-lock",
            "--no-cache",
            "--latest",
            "1",
            .. settings.Tags.Count > 0 ? new[] { "--tag", string.Join(',', settings.Tags) } : [],
            .. settings.Host is { } host ? new[] { "--host", host } : [],
            .. settings.Path is { } path ? new[] { "--path", path } : [],
        ];
        return await programs.RunAsync(settings.Program, arguments, environment, definition.Timeout, output => Read(output, clock.Now), cancellationToken).ConfigureAwait(false);
    }

    internal static MomentResult Read(string output, DateTimeOffset now)
    {
        try
        {
            using var document = JsonDocument.Parse(output);
            var newest = ((string Id, DateTimeOffset Time)?)null;
            foreach (var snapshot in document.RootElement.ValueKind is JsonValueKind.Null ? [] : document.RootElement.EnumerateArray().ToList())
            {
                var time = DateTimeOffset.Parse(snapshot.GetProperty("time").GetString()!, CultureInfo.InvariantCulture);
                newest = newest is null || time > newest.Value.Time ? (snapshot.GetProperty("short_id").GetString()!, time) : newest;
            }

            return newest is { } found
                ? new MomentResult.Read(now, found.Time, $"snapshot {found.Id}")
                : new MomentResult.Empty(now, "the repository has no snapshot that fits");
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            return new MomentResult.Failed(now, $"the output of restic is not that of 'snapshots --json': {exception.Message}");
        }
    }
}
