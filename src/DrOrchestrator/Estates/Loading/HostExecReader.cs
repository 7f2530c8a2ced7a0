using System.Text.RegularExpressions;
using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>exec:</c> of a database's <c>host:</c>.</summary>
internal static partial class HostExecReader
{
    public static DatabaseHost.Exec Read(StrictMap map)
    {
        var exec = new DatabaseHost.Exec(
            map.Parse<string>("namespace", ClusterObjectName.Allowed, ClusterObjectName.TryRead, ""),
            map.Parse<string>("pod", ClusterObjectName.Allowed, ClusterObjectName.TryRead, ""),
            map.Parse<string>("container", ClusterObjectName.Allowed, ClusterObjectName.TryRead, ""),
            map.Parse<string>("data", "the full path of the data folder in the container, such as /var/lib/postgresql/data/pgdata", TryPath, ""))
        {
            Programs = map.Parse<string?>("programs", "the full path of a folder in the container", TryPath!, null, required: false),
        };
        map.Close();
        return exec;
    }

    private static bool TryPath(string text, out string path)
    {
        path = text;
        return PlainPath().IsMatch(text) && text[1..].Split('/').All(part => part is not ("" or "." or ".."));
    }

    [GeneratedRegex(@"^/[A-Za-z0-9._/-]+\z")]
    private static partial Regex PlainPath();
}
