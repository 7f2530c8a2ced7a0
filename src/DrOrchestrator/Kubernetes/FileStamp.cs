namespace DrOrchestrator.Kubernetes;

/// <summary>
/// What tells that a file is another one by now: when it was written, and its length. Links are followed to their end: in a mounted Secret only the folder behind them is
/// exchanged, and the links themselves keep their times.
/// </summary>
internal sealed record FileStamp(string Path, DateTime Written, long Length)
{
    public bool IsCurrent => Of(Path) == this;

    /// <summary>Taken before the file is read, so that a change in between shows. Of a missing file: a stamp that no file has.</summary>
    public static FileStamp Of(string path)
    {
        try
        {
            var file = new FileInfo(path);
            file = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            return new FileStamp(path, file.LastWriteTimeUtc, file.Exists ? file.Length : -1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new FileStamp(path, default, -1);
        }
    }
}
