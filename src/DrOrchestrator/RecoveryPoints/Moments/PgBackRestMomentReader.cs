using System.Globalization;
using System.Text.Json;
using DrOrchestrator.Commands;
using DrOrchestrator.Estates;
using DrOrchestrator.Time;

namespace DrOrchestrator.RecoveryPoints.Moments;

/// <summary>
/// <c>pgbackrest</c>: <c>info --output=json</c> of one stanza. A backup surely holds what was committed before it began; with the archive behind it everything up to the
/// end of the newest archived segment. When that was, <c>info</c> does not say: a recovery point that knows the log's positions over time does.
/// </summary>
internal sealed class PgBackRestMomentReader(MomentPrograms programs, ProcessClock clock) : IMomentReader
{
    public string Kind => "pgbackrest";

    public Task<MomentResult> ReadAsync(RecoveryPointDefinition definition, CancellationToken cancellationToken)
    {
        var settings = (PgBackRestPointSettings)definition.Settings;
        if (settings.Config is { } file && ProgramConfig.Problem(file) is { } problem)
        {
            return Task.FromResult<MomentResult>(new MomentResult.Failed(clock.Now, problem));
        }

        List<string> arguments =
        [
            "info",
            $"--stanza={settings.Stanza}",
            "--output=json",
            "--log-level-console=off",
            "--log-level-file=off",
            "--log-level-stderr=warn",
            .. settings.Config is { } config ? new[] { $"--config={config}" } : [],
            .. settings.Repository is { } number ? new[] { string.Create(CultureInfo.InvariantCulture, $"--repo={number}") } : [],
        ];
        return programs.RunAsync(settings.Program, arguments, new Dictionary<string, string>(), definition.Timeout, output => Read(output, settings, clock.Now), cancellationToken);
    }

    internal static MomentResult Read(string output, PgBackRestPointSettings settings, DateTimeOffset now)
    {
        try
        {
            using var document = JsonDocument.Parse(output);
            var stanza = document.RootElement.EnumerateArray().FirstOrDefault(s => s.GetProperty("name").GetString() == settings.Stanza);
            if (stanza.ValueKind is not JsonValueKind.Object)
            {
                return new MomentResult.Empty(now, $"pgbackrest knows no stanza {settings.Stanza}");
            }

            // 0 ok, 1 missing stanza path, 2 no valid backups, 3 missing stanza data, 4 different across repos, 5 database mismatch across repos, 6 requested backup not found, 99 other.
            var status = stanza.GetProperty("status");
            var (code, message) = (status.GetProperty("code").GetInt32(), status.GetProperty("message").GetString());
            if (code is not (0 or 4))
            {
                return code is 1 or 2 or 3
                    ? new MomentResult.Empty(now, $"pgbackrest says of stanza {settings.Stanza}: {message}")
                    : new MomentResult.Failed(now, $"pgbackrest says of stanza {settings.Stanza}: {message}");
            }

            // A backup whose pages did not check out may not be restorable.
            var backups = stanza.GetProperty("backup").EnumerateArray().ToList();
            var good = backups.Where(backup => !(backup.TryGetProperty("error", out var error) && error.ValueKind is JsonValueKind.True)).ToList();
            if (good.Count == 0)
            {
                return new MomentResult.Empty(now, backups.Count == 0 ? $"stanza {settings.Stanza} has no backup" : $"every backup of stanza {settings.Stanza} has page checksum errors");
            }

            var newest = good.MaxBy(backup => backup.GetProperty("timestamp").GetProperty("start").GetInt64());
            var times = newest.GetProperty("timestamp");
            var (start, stop) = (DateTimeOffset.FromUnixTimeSeconds(times.GetProperty("start").GetInt64()), DateTimeOffset.FromUnixTimeSeconds(times.GetProperty("stop").GetInt64()));
            var last = LastSegment(stanza, newest);
            List<string> notes = [string.Create(CultureInfo.InvariantCulture, $"the backup took {(stop - start).TotalSeconds:0}s; it represents its beginning")];
            if (good.Count < backups.Count)
            {
                notes.Add(string.Create(CultureInfo.InvariantCulture, $"{backups.Count - good.Count} backups have page checksum errors and do not count"));
            }

            if (last is not null && settings.Log is null)
            {
                notes.Add($"the archive reaches segment {last}; without 'log' nobody can say of which moment that is");
            }

            return new MomentResult.Read(now, start, $"backup {newest.GetProperty("label").GetString()}")
            {
                Notes = notes,
                LogEnd = last is not null && settings.Log is { } log ? EndOf(last, log, settings.SegmentMegabytes) : null,
            };
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            return new MomentResult.Failed(now, $"the output of pgbackrest is not that of 'info --output=json': {exception.Message}");
        }
    }

    /// <summary>The newest segment of the archive that the backup belongs to: same database, same repository.</summary>
    private static string? LastSegment(JsonElement stanza, JsonElement backup)
    {
        var database = backup.GetProperty("database").GetProperty("id").GetInt32();
        var repository = Repository(backup);
        return stanza.GetProperty("archive").EnumerateArray()
            .Where(archive => archive.GetProperty("database").GetProperty("id").GetInt32() == database && Repository(archive) == repository)
            .Select(archive => archive.GetProperty("max").GetString())
            .Where(max => max is { Length: >= 24 })
            .Select(max => max![..24])
            .Max(StringComparer.Ordinal);
    }

    private static int Repository(JsonElement element) => element.GetProperty("database").TryGetProperty("repo-key", out var key) ? key.GetInt32() : 0;

    /// <summary>Timeline and end of a segment: 8 digits of timeline, 8 of the log, 8 of the segment in it.</summary>
    internal static LogEnd EndOf(string segment, string log, int megabytes)
    {
        long Hex(int at) => long.Parse(segment.AsSpan(at, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return new LogEnd(log, Hex(0), (Hex(8) << 32) + ((Hex(16) + 1) * megabytes * 1024 * 1024));
    }
}
