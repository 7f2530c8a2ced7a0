namespace DrOrchestrator.Web;

/// <summary>Small files that only the owner may read, written whole or not at all.</summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes beside the file, makes it durable, then takes the name.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var draft = path + ".draft";
        File.Delete(draft);
        using (var stream = new FileStream(draft, Options(FileMode.CreateNew)))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
    }

    /// <summary>A file that goes away when it is closed.</summary>
    public static FileStream Temporary(string path) => new(path, Options(FileMode.CreateNew, FileOptions.DeleteOnClose | FileOptions.Asynchronous));

    /// <summary>Takes a file that others could read away from them.</summary>
    public static void Restrict(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, OwnerOnly);
        }
    }

    private static FileStreamOptions Options(FileMode mode, FileOptions flags = FileOptions.None)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None, Options = flags };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return options;
    }
}
