using System.Text.RegularExpressions;

namespace DrOrchestrator.Kubernetes;

/// <summary>The labels of a namespace made for a run: whose it is can be asked by a selector, also by somebody whose data folder is lost.</summary>
internal static partial class RunLabels
{
    public const string ManagedBy = "app.kubernetes.io/managed-by";

    /// <summary>Value of <see cref="ManagedBy"/>.</summary>
    public const string Us = "drorchestrator";

    /// <summary>Id of the evidence log.</summary>
    public const string Log = "drorchestrator.io/log";

    public const string Run = Annotations.Run;
    public const string Step = Annotations.Step;
    public const string Plan = "drorchestrator.io/plan";
    public const string Mode = "drorchestrator.io/mode";

    /// <summary>Names of the systems, with dots between them.</summary>
    public const string Systems = "drorchestrator.io/systems";

    /// <summary>From when on nobody needs it any more: <see cref="MomentFormat"/>, in UTC.</summary>
    public const string Expires = "drorchestrator.io/expires";

    /// <summary>Labels take no colons.</summary>
    public const string MomentFormat = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>Enforced by the API server itself.</summary>
    public const string PodSecurity = "pod-security.kubernetes.io/enforce";

    private const int Longest = 63;

    /// <summary>A text as a label takes it: what it does not take is a hyphen, and it ends after 63 characters.</summary>
    public static string Value(string text)
    {
        var value = NotAllowed().Replace(text, "-");
        return (value.Length > Longest ? value[..Longest] : value).Trim('-', '_', '.');
    }

    [GeneratedRegex("[^A-Za-z0-9_.-]")]
    private static partial Regex NotAllowed();
}
