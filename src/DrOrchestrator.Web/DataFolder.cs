using System.Text.Json;

namespace DrOrchestrator.Web;

/// <summary>The data folder, held by one process at a time for as long as the server lives.</summary>
public sealed class DataFolder : IDisposable
{
    private readonly FileStream _lock;

    private DataFolder(string path, FileStream heldLock)
    {
        Path = path;
        _lock = heldLock;
    }

    /// <summary>Full path.</summary>
    public string Path { get; }

    /// <summary>Journal, evidence, timelines, markers.</summary>
    public string Database => File("dro.db");

    /// <summary>Quartz's own tables.</summary>
    public string QuartzDatabase => File("quartz.db");

    /// <summary>The token of the built-in local operator.</summary>
    public string OperatorToken => File("operator.token");

    /// <summary>Where the server answers; there only while it does.</summary>
    public string ServerFile => File("server.json");

    /// <summary>Folder of the logs.</summary>
    public string Logs => File("logs");

    /// <summary>Full path of a file in it.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Makes the folder when it is missing and takes its lock; <see cref="ServeException"/> with exit code 7 when another process holds it.</summary>
    public static DataFolder Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            Create(full);
            var held = new FileStream(System.IO.Path.Combine(full, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            var folder = new DataFolder(full, held);
            folder.SweepLeftovers();
            return folder;
        }
        catch (IOException inUse) when (System.IO.File.Exists(System.IO.Path.Combine(full, "lock")))
        {
            throw new ServeException(ServeFailure.DataFolderInUse, InUse(full), inUse);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ServeException(ServeFailure.Usage, $"The data folder {full} cannot be used: {failure.Message} Name a folder you may write to with --data.", failure);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _lock.Dispose();

    private static void Create(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static string InUse(string path) =>
        $"The data folder {path} is in use{Holder(System.IO.Path.Combine(path, "server.json"))}. One server at a time may use it: stop that one, or name another folder with --data.";

    private static string Holder(string serverFile)
    {
        try
        {
            using var document = JsonDocument.Parse(System.IO.File.ReadAllBytes(serverFile));
            return $" by process {document.RootElement.GetProperty("pid").GetInt32()} ({document.RootElement.GetProperty("url").GetString()})";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return " by another process, which has not said where it answers";
        }
    }

    /// <summary>A killed server leaves its address and unfinished packs behind; the lock proves that nobody uses them.</summary>
    private void SweepLeftovers()
    {
        System.IO.File.Delete(ServerFile);
        foreach (var leftover in Directory.EnumerateFiles(Path, "*.draft"))
        {
            System.IO.File.Delete(leftover);
        }
    }
}
