using System.Globalization;
using System.Text;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox.Kubernetes.Objects;

/// <summary>
/// The site's one resource version. Versions are reserved on disk in blocks, so that none is ever given twice, whatever happens to the
/// process; a restart skips the rest of its block.
/// </summary>
internal sealed class VersionCounter
{
    private const int Block = 10_000;
    private readonly string _file;
    private long _reserved;

    public VersionCounter(string file)
    {
        _file = file;
        Current = File.Exists(file) ? long.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture) : 1000;
        _reserved = Current;
    }

    public long Current { get; private set; }

    public long Next()
    {
        if (Current == _reserved)
        {
            DurableFile.Replace(_file, Encoding.ASCII.GetBytes((_reserved + Block).ToString(CultureInfo.InvariantCulture)));
            _reserved += Block;
        }

        return ++Current;
    }
}
