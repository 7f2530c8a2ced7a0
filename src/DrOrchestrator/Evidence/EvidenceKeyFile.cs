using System.Text;

namespace DrOrchestrator.Evidence;

/// <summary>The seed file <c>evidence.key</c> in the data folder: 64 hex digits, readable by its owner only.</summary>
public sealed class EvidenceKeyFile(string path)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Full path of the file.</summary>
    public string Path { get; } = path;

    /// <summary>Reads the key, or null when there is no file.</summary>
    internal EvidenceKey? Read()
    {
        if (!File.Exists(Path))
        {
            return null;
        }

        var text = File.ReadAllText(Path).TrimEnd('\n');
        return text.Length == 64 && text.All(char.IsAsciiHexDigit)
            ? new EvidenceKey(Convert.FromHexString(text))
            : throw new EvidenceLogBrokenException(
                $"The key file {Path} is damaged: {text.Length} characters, where 64 hex digits are expected. Restore it from a backup; without it the evidence log cannot be continued.");
    }

    /// <summary>Makes a key and its file; complete on disk before the name exists.</summary>
    internal EvidenceKey Create()
    {
        var key = EvidenceKey.Create();
        var partial = Path + ".new";
        File.Delete(partial);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using (var file = new FileStream(partial, options))
        {
            file.Write(Encoding.ASCII.GetBytes(key.ToFileText()));
            file.Flush(flushToDisk: true);
        }

        File.Move(partial, Path, overwrite: false);
        return key;
    }
}
