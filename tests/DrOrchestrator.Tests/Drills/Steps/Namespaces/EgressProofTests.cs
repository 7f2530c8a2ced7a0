using System.Text;
using DrOrchestrator.Drills.Steps.Namespaces;

namespace DrOrchestrator.Tests.Drills.Steps.Namespaces;

public sealed class EgressProofTests
{
    private const string Control = "10.9.0.5:9000";

    private static readonly string[] Targets = ["192.0.2.10:5432", "2001:db8::1:443"];

    [Theory]
    [InlineData("c+ 1- 2- 1- 2- c+ end", null)]
    [InlineData("c- c+ 1- 2- c+ end", null)]
    [InlineData("1- 2- c+ c+ end", "the pod says nothing of 192.0.2.10:5432 between two times at which it reached 10.9.0.5:9000: it proves nothing")]
    [InlineData("c+ 1- 2- c- end", "the pod says nothing of 192.0.2.10:5432 between two times at which it reached 10.9.0.5:9000: it proves nothing")]
    [InlineData("c+ 1- c+ end", "the pod says nothing of 2001:db8::1:443 between two times at which it reached 10.9.0.5:9000: it proves nothing")]
    [InlineData("c- 1- 2- c- end", "the pod that tries to reach production reached nothing, not even 10.9.0.5:9000, which it may: it proves nothing")]
    [InlineData("c+ 1- 2- c+", "the pod that tries to reach production did not come to its end")]
    [InlineData("", "the pod that tries to reach production did not come to its end")]
    [InlineData("c+ 1- 2- 1- 2+ c+ end", "a pod of it reached production at 2001:db8::1:443: the network does not enforce what the policy says")]
    [InlineData("2+", "a pod of it reached production at 2001:db8::1:443: the network does not enforce what the policy says")]
    public void Against_OfALog(string log, string? why)
    {
        var lines = log.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word == "end" ? word
            : $"{(word[0] == 'c' ? $"control {Control}" : $"target {Targets[word[0] - '1']}")} {(word[1] == '+' ? "reached" : "missed")}");

        EgressProof.Against(Encoding.UTF8.GetBytes(string.Join('\n', lines)), Control, Targets).Should().Be(why);
    }
}
