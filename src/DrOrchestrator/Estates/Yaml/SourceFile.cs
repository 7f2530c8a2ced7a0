using System.Text;

namespace DrOrchestrator.Estates.Yaml;

/// <summary>One file of YAML: the bytes that were parsed are the bytes that are hashed, since the file is read once.</summary>
/// <param name="Name">As errors name it.</param>
/// <param name="Root">Its tree; null where it could not be read to its end.</param>
internal sealed record SourceFile(string Name, string Path, byte[] Bytes, YamlNode? Root)
{
    /// <summary>The files beside it as they were kept with a run, by their names; null to read them where it stands.</summary>
    public IReadOnlyDictionary<string, byte[]>? Beside { get; init; }

    /// <summary>Larger files are refused by their size, unread.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads and parses; whatever is wrong is a problem with its place, never an exception.</summary>
    public static SourceFile Read(string path, string name, Problems problems) =>
        ReadBytes(path, name, problems) is { } bytes ? Parse(bytes, path, name, problems) : new SourceFile(name, path, [], null);

    /// <summary>Parses what has been read before.</summary>
    public static SourceFile Parse(byte[] bytes, string path, string name, Problems problems) =>
        new(name, path, bytes, Decode(bytes, name, problems) is { } text ? YamlTree.Read(name, text, problems) : null);

    /// <summary>The roots of all documents of a file that may hold several; null where it could not be read to its end.</summary>
    public static IReadOnlyList<YamlNode>? ParseAll(byte[] bytes, string name, Problems problems) => Decode(bytes, name, problems) is { } text ? YamlTree.ReadAll(name, text, problems) : null;

    /// <summary>The bytes of a file; null where it cannot be read.</summary>
    public static byte[]? ReadBytes(string path, string name, Problems problems)
    {
        try
        {
            // The link's target decides, and a circle of links ends here; so do devices and pipes, which have no size and are never opened.
            var target = File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path);
            var size = ((FileInfo)target).Length;
            if (size > MaxBytes)
            {
                problems.Add(Place.Whole(name), $"the file has {size} bytes and was not read", "up to 4 MiB", "Spread it over several files.");
                return null;
            }

            if (size == 0)
            {
                problems.Add(Place.Whole(name), "the file is empty", "", "Write its contents, or remove the file.");
                return null;
            }

            using var stream = File.OpenRead(path);
            var bytes = new byte[size];
            var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return bytes[..read];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidCastException)
        {
            problems.Add(Place.Whole(name), $"the file cannot be read ({e.GetType().Name})", "", "Check that it is a file and that this user may read it.");
            return null;
        }
    }

    /// <summary>Strict UTF-8. One byte order mark of UTF-8 at the beginning is accepted and skipped.</summary>
    private static string? Decode(byte[] bytes, string name, Problems problems)
    {
        var content = bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes.AsSpan(3) : bytes;
        try
        {
            return StrictUtf8.GetString(content);
        }
        catch (DecoderFallbackException)
        {
            problems.Add(PlaceOfInvalid(content, name), "a byte that is not UTF-8", "UTF-8", "Save the file as UTF-8.");
            return null;
        }
    }

    private static Place PlaceOfInvalid(ReadOnlySpan<byte> content, string name)
    {
        var (line, column) = (1, 1);
        while (Rune.DecodeFromUtf8(content, out var rune, out var used) == System.Buffers.OperationStatus.Done)
        {
            content = content[used..];
            (line, column) = rune.Value == '\n' ? (line + 1, 1) : (line, column + 1);
        }

        return new Place(name, line, column);
    }
}
