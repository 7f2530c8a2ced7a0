using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using DrOrchestrator.Estates;
using DrOrchestrator.Time;

namespace DrOrchestrator.RecoveryPoints.Moments;

/// <summary>
/// <c>files</c>: the newest copy of a folder by the moment it represents. What is not complete yet does not count. Where the estate says so, whoever writes the copies leaves a
/// marker beside each that is whole; only that tells one that died half-way. Otherwise, without a manifest, a file counts once two looks have found it with the same size and
/// time of change, since one that is being written looks like any other.
/// </summary>
internal sealed class FilesMomentReader(ProcessClock clock) : IMomentReader
{
    private const int MostFiles = 100_000;
    private const int LargestManifest = 1024 * 1024;

    private static readonly string[] Incomplete = [".part", ".partial", ".tmp", ".temp", ".incomplete", ".inprogress", ".filepart", ".crdownload"];

    // A folder on a network share that is away holds its reader for minutes; it is not asked again before it has answered.
    private readonly ConcurrentDictionary<string, Task<MomentResult>> _open = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, (long Size, DateTime Changed)>> _seen = new(StringComparer.Ordinal);

    public string Kind => "files";

    public async Task<MomentResult> ReadAsync(RecoveryPointDefinition definition, CancellationToken cancellationToken)
    {
        var settings = (FilesPointSettings)definition.Settings;
        if (_open.TryGetValue(definition.Name, out var earlier) && !earlier.IsCompleted)
        {
            return new MomentResult.Failed(clock.Now, $"the folder {settings.Folder} has not answered an earlier look");
        }

        var look = _open[definition.Name] = Task.Run(() => Look(definition.Name, settings), CancellationToken.None);
        try
        {
            return await look.WaitAsync(definition.Timeout, clock.Provider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return new MomentResult.Failed(clock.Now, string.Create(CultureInfo.InvariantCulture, $"the folder {settings.Folder} does not answer within {definition.Timeout.TotalSeconds:0.###}s"));
        }
    }

    private MomentResult Look(string point, FilesPointSettings settings)
    {
        try
        {
            var pattern = new Regex(settings.Name, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            var before = _seen.GetValueOrDefault(point) ?? new Dictionary<string, (long Size, DateTime Changed)>();
            var seen = new Dictionary<string, (long Size, DateTime Changed)>(StringComparer.Ordinal);
            var (newest, skipped, unmarked, changing, count) = (((string Name, DateTimeOffset Represents)?)null, 0, 0, 0, 0);
            foreach (var file in new DirectoryInfo(settings.Folder).EnumerateFiles())
            {
                if (++count > MostFiles)
                {
                    return new MomentResult.Failed(clock.Now, string.Create(CultureInfo.InvariantCulture, $"the folder {settings.Folder} holds more than {MostFiles} files"));
                }

                if (pattern.Match(file.Name) is not { Success: true } match || (settings.Marker is { } ending && file.Name.EndsWith(ending, StringComparison.Ordinal)))
                {
                    continue;
                }

                if (!IsComplete(file) || Represents(file, match, settings) is not { } moment)
                {
                    skipped++;
                }
                else if (settings.Marker is { } marker && !IsMarked(file, marker))
                {
                    unmarked++;
                }
                else if (settings is { ManifestPath: null, Marker: null } && !IsUnchanged(file))
                {
                    changing++;
                }
                else if (newest is null || moment > newest.Value.Represents)
                {
                    newest = (file.Name, moment);
                }
            }

            _seen[point] = seen;
            List<string> notes = [];
            if (skipped > 0)
            {
                notes.Add(string.Create(CultureInfo.InvariantCulture, $"{skipped} matching files are incomplete, empty or without a moment and do not count"));
            }

            if (unmarked > 0)
            {
                notes.Add(string.Create(CultureInfo.InvariantCulture, $"{unmarked} matching files have no {settings.Marker} beside them that is as new and do not count"));
            }

            if (changing > 0)
            {
                notes.Add(settings.UnchangedFor > TimeSpan.Zero
                    ? string.Create(CultureInfo.InvariantCulture, $"{changing} matching files were not yet found unchanged for {settings.UnchangedFor.TotalSeconds:0.###}s and do not count")
                    : string.Create(CultureInfo.InvariantCulture, $"{changing} matching files were not yet found unchanged by two looks and do not count"));
            }

            if (newest is { } copy)
            {
                return new MomentResult.Read(clock.Now, copy.Represents, copy.Name) { Notes = notes };
            }

            // Whether a copy is there cannot be told before the second look.
            var reason = string.Join("; ", [$"the folder {settings.Folder} holds no copy that counts", .. notes]);
            return changing > 0 ? new MomentResult.Failed(clock.Now, reason) : new MomentResult.Empty(clock.Now, reason);

            bool IsUnchanged(FileInfo file)
            {
                var now = seen[file.Name] = (file.Length, file.LastWriteTimeUtc);
                return before.TryGetValue(file.Name, out var known) && known == now && clock.Provider.GetUtcNow().UtcDateTime - now.Changed >= settings.UnchangedFor;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new MomentResult.Failed(clock.Now, $"the folder {settings.Folder} cannot be read ({exception.GetType().Name})");
        }
    }

    /// <summary>A marker older than its copy is of the copy before it.</summary>
    private static bool IsMarked(FileInfo file, string marker) =>
        new FileInfo(file.FullName + marker) is { Exists: true } beside && beside.LastWriteTimeUtc >= file.LastWriteTimeUtc;

    private static bool IsComplete(FileInfo file) => file.Length > 0 && !file.Name.StartsWith('.') && !Incomplete.Contains(file.Extension.ToLowerInvariant());

    private static DateTimeOffset? Represents(FileInfo file, Match match, FilesPointSettings settings) =>
        settings.UsesModified ? new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero)
        : settings.ManifestPath is { } path ? Manifest(file, path, settings.Format)
        : match.Groups["time"] is { Success: true } time ? MomentText.Parse(time.Value, settings.Format)
        : null;

    private static DateTimeOffset? Manifest(FileInfo file, string path, MomentFormat format)
    {
        if (file.Length > LargestManifest)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file.FullName));
            return MomentText.Find(document.RootElement, path) is { } text ? MomentText.Parse(text, format) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
