namespace DrOrchestrator.Storage.Spooling;

/// <summary>
/// What could not be replayed, kept beside the spool for people to look at: at most 100 files, all together no larger than the spool may be. What is there is never
/// removed for what comes later; the first ones tell most.
/// </summary>
internal sealed class SetAside(string spool, long limit)
{
    private const int MostFiles = 100;

    /// <summary>Keeps all of the content, on the disk when it returns; the file, or null when there is no room.</summary>
    /// <param name="kind">Why it is here: <c>refused</c> or <c>damaged</c>.</param>
    public string? Keep(string kind, Stream content)
    {
        var folder = Path.GetDirectoryName(spool)!;
        var there = new[] { "refused", "damaged" }.SelectMany(known => new DirectoryInfo(folder).GetFiles($"{Path.GetFileName(spool)}.{known}-*")).ToList();
        if (there.Count >= MostFiles || there.Sum(file => file.Length) + content.Length - content.Position > limit)
        {
            return null;
        }

        var number = 1;
        while (File.Exists($"{spool}.{kind}-{number}"))
        {
            number++;
        }

        var path = $"{spool}.{kind}-{number}";
        using (var file = PrivateFiles.Create(path))
        {
            content.CopyTo(file);
            file.Flush(flushToDisk: true);
        }

        DurableFolder.Flush(folder);
        return path;
    }
}
