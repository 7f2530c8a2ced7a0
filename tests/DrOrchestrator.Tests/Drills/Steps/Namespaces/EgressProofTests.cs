using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Namespaces;

namespace DrOrchestrator.Tests.Drills.Steps.Namespaces;

[UnsupportedOSPlatform("windows")]
public sealed class EgressProofTests
{
    private const string Control = "10.9.0.5:9000";

    private const string Forbidden = "10.8.0.1:6443";

    private static readonly string[] Targets = ["192.0.2.10:5432", "2001:db8::1:443"];

    [Theory]
    [InlineData("c+ 1- 2- f- 1- 2- f- c+ end", null)]
    [InlineData("c- c+ 1- 2- f- c+ end", null)]
    [InlineData("c+ 1- 2- f+ c+ end", "a pod of it reached 10.8.0.1:6443, which 'allow-egress' does not list: the network enforces no policy, and it is something else that keeps pods from production")]
    [InlineData("c+ 1- 2- f- f+ c+ end", "a pod of it reached 10.8.0.1:6443, which 'allow-egress' does not list: the network enforces no policy, and it is something else that keeps pods from production")]
    [InlineData("c+ 1- 2- c+ end", "the pod says nothing of 10.8.0.1:6443 between two times at which it reached 10.9.0.5:9000: it proves nothing")]
    [InlineData("c+ 1- 2- c+ f- end", "the pod says nothing of 10.8.0.1:6443 between two times at which it reached 10.9.0.5:9000: it proves nothing")]
    [InlineData("1- 2- c+ c+ end", "the pod says nothing of 192.0.2.10:5432 between two times at which it reached 10.9.0.5:9000: it proves nothing")]
    [InlineData("c+ 1- 2- c- end", "the pod says nothing of 192.0.2.10:5432 between two times at which it reached 10.9.0.5:9000: it proves nothing")]
    [InlineData("c+ 1- c+ end", "the pod says nothing of 2001:db8::1:443 between two times at which it reached 10.9.0.5:9000: it proves nothing")]
    [InlineData("c- 1- 2- c- end", "the pod that tries to reach production reached nothing, not even 10.9.0.5:9000, which it may: it proves nothing")]
    [InlineData("c+ 1- 2- c+", "the pod that tries to reach production did not come to its end")]
    [InlineData("", "the pod that tries to reach production did not come to its end")]
    [InlineData("c+ 1- 2- 1- 2+ c+ end", "a pod of it reached production at 2001:db8::1:443: the network does not enforce what the policy says")]
    [InlineData("2+", "a pod of it reached production at 2001:db8::1:443: the network does not enforce what the policy says")]
    public void Against_OfALog(string log, string? why) => Against(log, "10.8.0.9").Should().Be(why);

    /// <summary>What is on the pod's own node is let pass whatever a policy says: missed, it speaks for the policy; reached, it says nothing.</summary>
    [Theory]
    [InlineData("c+ 1- 2- f- c+ end", null)]
    [InlineData("c+ 1- 2- f+ c+ end", "all that is forbidden to the pod (10.8.0.1:6443) is on its own node, which most networks let it reach whatever a policy says: name a place elsewhere under 'forbidden'")]
    public void Against_ForbiddenIsOnThePodsOwnNode(string log, string? why) => Against(log, "10.8.0.1").Should().Be(why);

    /// <summary>The script as a pod runs it, by this machine's own shell; what is reached is played by an <c>nc</c> of the test.</summary>
    [Theory]
    [InlineData("10.9.0.5", null)]
    [InlineData("10.9.0.5 10.8.0.1", "a pod of it reached 10.8.0.1:6443, which 'allow-egress' does not list: the network enforces no policy, and it is something else that keeps pods from production")]
    [InlineData("10.9.0.5 2001:db8::1", "a pod of it reached production at 2001:db8::1:443: the network does not enforce what the policy says")]
    public async Task Script_ByAShell_SaysWhatIsReached(string open, string? why)
    {
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "work", "nc-" + Guid.NewGuid().ToString("N")[..8])).FullName;
        var nc = Path.Combine(folder, "nc");
        await File.WriteAllTextAsync(nc, $"#!/bin/sh\n[ \"$1 $2 $3\" = \"-z -w 3\" ] || exit 2\ncase \" {open} \" in *\" $4 \"*) exit 0;; esac\nexit 1\n");
        File.SetUnixFileMode(nc, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var job = EgressProof.Job("j", "n", "i", [], Control, Targets, [Forbidden], new EffectMark("m", new Dictionary<string, string>()), TimeSpan.FromMinutes(1)).Spec.Template.Spec.Containers[0];
        var info = new ProcessStartInfo(job.Command[0], job.Command.Skip(1)) { RedirectStandardOutput = true };
        info.Environment["PATH"] = $"{folder}:/usr/bin:/bin";
        foreach (var variable in job.Env)
        {
            info.Environment[variable.Name] = variable.Value;
        }

        using var shell = Process.Start(info)!;
        var said = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();

        EgressProof.Against(Encoding.UTF8.GetBytes(said), Control, Targets, [Forbidden], []).Should().Be(why, said);
        Directory.Delete(folder, recursive: true);
    }

    private static string? Against(string log, string node)
    {
        var lines = log.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word == "end" ? word
            : $"{(word[0] switch { 'c' => $"control {Control}", 'f' => $"forbidden {Forbidden}", var number => $"target {Targets[number - '1']}" })} {(word[1] == '+' ? "reached" : "missed")}");
        return EgressProof.Against(Encoding.UTF8.GetBytes(string.Join('\n', lines)), Control, Targets, [Forbidden], [node]);
    }
}
