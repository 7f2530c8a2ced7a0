using System.Text.RegularExpressions;
using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>job:</c> of a database's <c>host:</c>.</summary>
internal static partial class HostJobReader
{
    public static DatabaseHost.Job Read(StrictMap map)
    {
        var job = new DatabaseHost.Job(
            map.Parse<string>("namespace", ClusterObjectName.Allowed, ClusterObjectName.TryRead, ""),
            map.Parse<string>("workload", "deployment/NAME, statefulset/NAME", TryWorkload, ""),
            map.Parse<string>("claim", ClusterObjectName.Allowed, ClusterObjectName.TryRead, ""),
            map.Parse<string>("data", "the path of the data folder below the root of the volume, such as pgdata", TryData, ""),
            map.Parse<string>("image", "a container image", TryImage, ""))
        {
            Programs = map.Parse<string?>("programs", "the full path of a folder in the image", TryFolder, null, required: false),
            RunAs = map.OptionalInteger("run-as", 1, int.MaxValue),
            PasswordSecret = map.Parse<string?>("password-secret", ClusterObjectName.Allowed, ClusterObjectName.TryRead!, null, required: false),
        };
        map.Close();
        return job;
    }

    private static bool TryWorkload(string text, out string workload)
    {
        workload = text;
        return text.Split('/') is ["deployment" or "statefulset", var name] && ClusterObjectName.Is(name);
    }

    /// <summary>Never the root itself: a rebuild makes the new data beside the old and moves them into their place.</summary>
    private static bool TryData(string text, out string path)
    {
        path = text;
        return PlainPath().IsMatch(text) && text.Split('/').All(part => part is not ("" or "." or ".."));
    }

    private static bool TryImage(string text, out string image)
    {
        image = text;
        return text.Length > 0 && !text.Any(char.IsWhiteSpace);
    }

    private static bool TryFolder(string text, out string? path)
    {
        path = text;
        return text.StartsWith('/') && PlainPath().IsMatch(text[1..]);
    }

    [GeneratedRegex(@"^[A-Za-z0-9._/-]+\z")]
    private static partial Regex PlainPath();
}
