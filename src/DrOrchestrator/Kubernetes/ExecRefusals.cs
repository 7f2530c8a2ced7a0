using System.Text.RegularExpressions;

namespace DrOrchestrator.Kubernetes;

/// <summary>
/// What is said of a command in a container that surely did not start, where an error of the server (500) would leave it open. Matched is what the API server, a kubelet and a runtime say of
/// themselves, never what a command prints: that goes over other channels. What is not in this list is not known. Pure.
/// </summary>
internal static partial class ExecRefusals
{
    public static bool IsSure(string words) => Known().IsMatch(words);

    /// <summary>Whether the container is there and has no such program, or one that cannot be run.</summary>
    public static bool IsOfTheProgram(string words) => Program().IsMatch(words);

    // The API server has no connection to the node (Go's net: the dial itself failed); the node refuses to open the streams that the command would be started with (client-go, spdy); the kubelet
    // knows no such container, or no such pod.
    [GeneratedRegex(@"\bdial tcp \S+: |\bunable to upgrade connection: |\bcontainer not found \(|\bpod does not exist\b|" + Starts, RegexOptions.CultureInvariant)]
    private static partial Regex Known();

    [GeneratedRegex(Starts, RegexOptions.CultureInvariant)]
    private static partial Regex Program();

    // runc from 1.1 on and before, crun, youki.
    private const string Starts = @"unable to start container process: |starting container process caused: |executable file [^ ]+ not found in \$PATH|executable file not found in \$PATH";
}
