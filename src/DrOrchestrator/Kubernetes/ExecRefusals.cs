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
    // knows no such container, or no such pod; containerd (2.x, internal/cri/server/container_execsync.go) has not come to its "failed to start exec".
    [GeneratedRegex(
        @"\bdial tcp \S+: |\bunable to upgrade connection: |\bcontainer not found \(|\bpod does not exist\b|\bfailed to exec in container: (?:container is in CONTAINER_\w+ state|failed to (?:find container|load task|create exec)\b)|" + Starts,
        RegexOptions.CultureInvariant)]
    private static partial Regex Known();

    [GeneratedRegex(Starts, RegexOptions.CultureInvariant)]
    private static partial Regex Program();

    // What each says before it becomes the program: runc (from 1.1 on; 1.0; before that with a quotation mark), crun (linux container_init_setup and its exec), youki (workload/default.rs). CRI-O hands
    // the outputs of its runtime through as if they were the command's: there a program that is not found ends with the runtime's own exit code, and nobody knows.
    private const string Starts = "unable to start container process: |starting container process caused(?:: | \")|executable (?:file )?(?:[`'][^`']*[`'] )?not found in \\$PATH|\\bopen executable: |executable '[^']*' at path .* does not have correct permissions";
}
