using System.Text;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox.EstateFolder;

/// <summary>Addresses and paths that the estate of a lab names; paths are relative to the estate's folder.</summary>
internal sealed record EstateFacts(
    LabSettings Lab, string PrimaryKubeconfig, string DrKubeconfig, TimeSpan ProbeInterval, string RequesterHash, string ApproverHash, string VerifierHash)
{
    /// <summary>When the lab's people passed their training: the day before the lab was made.</summary>
    public DateOnly TrainedOn { get; } = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(-1);
}

/// <summary>
/// Writes the estate that describes this lab, once: from then on the folder is its owner's, who may change it. Tokens are always there, for the lab itself needs them.
/// </summary>
internal static class EstateWriter
{
    public const string Requester = "requester";
    public const string Approver = "approver";
    public const string BusinessVerifier = "business-verifier";

    /// <summary>Makes the tokens of the servers and the people that do not exist yet.</summary>
    public static void EnsureTokens(LabSettings lab)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(lab.AdminTokenFile)!);
        foreach (string path in (string[])[lab.AdminTokenFile, lab.FaultsTokenFile, lab.TokenFile(Requester), lab.TokenFile(Approver), lab.TokenFile(BusinessVerifier), lab.TokenFile(FrontDoor.Customers.Partner)])
        {
            BearerToken.ReadOrCreate(path);
        }
    }

    /// <summary>Writes <c>estate.yaml</c> when it is absent.</summary>
    /// <param name="kubeconfigs">Full path of the kubeconfig by site.</param>
    public static void EnsureEstate(LabSettings lab, IReadOnlyDictionary<string, string> kubeconfigs, TimeSpan probeInterval)
    {
        string path = Path.Combine(lab.EstateFolder, "estate.yaml");
        if (File.Exists(path))
        {
            return;
        }

        var facts = new EstateFacts(
            lab,
            Path.GetRelativePath(lab.EstateFolder, kubeconfigs[LabSettings.Primary]),
            Path.GetRelativePath(lab.EstateFolder, kubeconfigs[LabSettings.Dr]),
            probeInterval,
            BearerToken.Read(lab.TokenFile(Requester)).Sha256Hex,
            BearerToken.Read(lab.TokenFile(Approver)).Sha256Hex,
            BearerToken.Read(lab.TokenFile(BusinessVerifier)).Sha256Hex);
        DurableFile.Replace(Path.Combine(lab.EstateFolder, "joint.yaml"), Encoding.UTF8.GetBytes(JointYaml.Of(lab, probeInterval)));
        DurableFile.Replace(path, Encoding.UTF8.GetBytes(EstateYaml.Of(facts)));
    }
}
