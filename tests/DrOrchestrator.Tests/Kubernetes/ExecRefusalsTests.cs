using DrOrchestrator.Kubernetes;

namespace DrOrchestrator.Tests.Kubernetes;

/// <summary>What runtimes say of a program that did not start, in the words of their sources.</summary>
public sealed class ExecRefusalsTests
{
    private const string Containerd = "Internal error occurred: error executing command in container: failed to exec in container: ";
    private const string Oci = Containerd + "failed to start exec \"a4\": OCI runtime exec failed: ";

    [Theory]
    [InlineData(Oci + "exec failed: unable to start container process: exec: \"app\": executable file not found in $PATH: unknown")]
    [InlineData(Oci + "exec failed: unable to start container process: exec: \"/app\": permission denied: unknown")]
    [InlineData(Oci + "exec failed: container_linux.go:380: starting container process caused: exec: \"/app\": stat /app: no such file or directory: unknown")]
    [InlineData(Oci + "exec failed: container_linux.go:348: starting container process caused \"exec: \\\"/app\\\": permission denied\": unknown")]
    [InlineData(Oci + "executable file `the app` not found in $PATH: No such file or directory: unknown")]
    [InlineData(Oci + "open executable: Permission denied: unknown")]
    [InlineData(Oci + "executable 'app' not found in $PATH")]
    [InlineData(Oci + "executable '/app' at path '\"/app\"' does not have correct permissions")]
    public void Words_OfAProgramThatCannotStart_AreOfTheProgram(string words) => (ExecRefusals.IsSure(words), ExecRefusals.IsOfTheProgram(words)).Should().Be((true, true));

    [Theory]
    [InlineData(Containerd + "container is in CONTAINER_EXITED state")]
    [InlineData(Containerd + "failed to create exec \"a4\": task 7 not found: not found")]
    [InlineData(Containerd + "failed to load task: no running task found: task 7 not found: not found")]
    [InlineData(Containerd + "failed to find container \"7\" in store: not found")]
    public void Words_OfARuntimeThatDidNotComeToStartIt_AreSure(string words) => (ExecRefusals.IsSure(words), ExecRefusals.IsOfTheProgram(words)).Should().Be((true, false));

    [Theory]
    [InlineData(Oci + "signal: killed")]
    [InlineData(Containerd + "failed to start exec \"a4\": context deadline exceeded")]
    [InlineData(Containerd + "timeout 10s exceeded: context deadline exceeded")]
    [InlineData(Containerd + "failed while waiting for exec \"a4\": ttrpc: closed")]
    [InlineData(Containerd + "failed to drain exec process \"a4\" io in 1s because io is still held by other processes")]
    [InlineData("command terminated with exit code 255")]
    public void Words_OfWhatMayHaveRun_AreNotSure(string words) => ExecRefusals.IsSure(words).Should().BeFalse();
}
