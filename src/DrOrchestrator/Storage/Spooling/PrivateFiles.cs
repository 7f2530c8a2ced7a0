using Microsoft.Win32.SafeHandles;

namespace DrOrchestrator.Storage.Spooling;

/// <summary>Files and folders of the spool: nobody but the owner reads what was observed, and a new one is there after a power failure too.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes the folder unless it is there.</summary>
    public static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }

        Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        DurableFolder.Flush(Path.GetDirectoryName(Path.GetFullPath(folder))!);
    }

    /// <summary>Opens a file that only this process writes; makes it unless it is there.</summary>
    public static SafeFileHandle Open(string path)
    {
        if (!File.Exists(path))
        {
            Create(path).Dispose();
        }

        var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        DurableFolder.Flush(Path.GetDirectoryName(path)!);
        return file;
    }

    /// <summary>Makes a file; flush it and its folder once it is written.</summary>
    /// <exception cref="IOException">It is there.</exception>
    public static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return new FileStream(path, options);
    }
}
