using System.Text.RegularExpressions;
using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>exec:</c> of a database's <c>host:</c>.</summary>
internal static partial class HostExecReader
{
    private const string ObjectAllowed = "a name of the cluster: lower-case letters, digits, dots and hyphens, up to 63 characters";

    public static DatabaseHost.Exec Read(StrictMap map)
    {
        var exec = new DatabaseHost.Exec(
            map.Parse<string>("namespace", ObjectAllowed, TryObject, ""),
            map.Parse<string>("pod", ObjectAllowed, TryObject, ""),
            map.Parse<string>("container", ObjectAllowed, TryObject, ""),
            map.Parse<string>("data", "the full path of the data folder in the container, such as /var/lib/postgresql/data/pgdata", TryPath, ""))
        {
            Programs = map.Parse<string?>("programs", "the full path of a folder in the container", TryPath!, null, required: false),
        };
        map.Close();
        return exec;
    }

    private static bool TryObject(string text, out string name)
    {
        name = text;
        return ObjectName().IsMatch(text);
    }

    private static bool TryPath(string text, out string path)
    {
        path = text;
        return PlainPath().IsMatch(text) && text[1..].Split('/').All(part => part is not ("" or "." or ".."));
    }

    [GeneratedRegex(@"^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?\z")]
    private static partial Regex ObjectName();

    [GeneratedRegex(@"^/[A-Za-z0-9._/-]+\z")]
    private static partial Regex PlainPath();
}
