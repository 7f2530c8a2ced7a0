using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps.Objects;

/// <summary>One object that a <c>k8s.apply</c> step means to apply, as its intent holds it.</summary>
/// <param name="Uid">As seen before; null where it was not there.</param>
/// <param name="Version">As seen before, in words; null where it was not there.</param>
/// <param name="IsMade">Made by this step, in this attempt or an earlier one: taken back, it is removed.</param>
/// <param name="Changes">What becomes of an object that was there before this step.</param>
internal sealed record MeantObject(ManifestDocument Document, ObjectAddress Address, string? Uid, string? Version, bool IsMade, IReadOnlyList<FieldChange> Changes)
{
    /// <summary><c>document 2 (deployments/ledger-api)</c>.</summary>
    public override string ToString() => $"document {Document.Number} ({Address})";

    /// <summary>Its place among the step's outputs, by which no two objects are one: groups share the words of their kinds.</summary>
    public string Key => $"{Address.Api}/{Address}";

    public JsonObject ToJson()
    {
        var entry = new JsonObject { ["document"] = Document.Number, ["api"] = Address.Api, ["object"] = Address.ToString(), ["made"] = IsMade, ["changes"] = FieldChanges.ToJson(Changes) };
        foreach (var (key, value) in ((string, string?)[])[("uid", Uid), ("version", Version)])
        {
            if (value is not null)
            {
                entry[key] = value;
            }
        }

        return entry;
    }

    /// <exception cref="StepFailedException">The manifests in force are not those of the intent.</exception>
    public static IReadOnlyList<MeantObject> Of(StepContext context, JsonObject intent)
    {
        var manifest = ManifestOf(context);
        return manifest.Hash == intent.Text("sha256")
            ? [.. intent["objects"]!.AsArray().Select(entry => Of(manifest, intent.Text("namespace"), entry!.AsObject()))]
            : throw new StepFailedException($"{manifest.File} (sha256 {manifest.Hash}) is not what the step meant to apply (sha256 {intent.Text("sha256")})");
    }

    /// <summary>The manifests as they were read with the plan.</summary>
    public static Manifest ManifestOf(StepContext context) => context.Plan.Manifests.GetValueOrDefault(context.Parameters.Text("manifest"))
        ?? throw new StepFailedException($"the manifests {context.Parameters.Text("manifest")} were not read with the plan");

    private static MeantObject Of(Manifest manifest, string ns, JsonObject entry)
    {
        var (number, parts) = (entry["document"]!.GetValue<int>(), entry.Text("object").Split('/'));
        return new MeantObject(
            manifest.Documents.First(document => document.Number == number),
            new ObjectAddress(entry.Text("api"), parts[0], ns, parts[1]),
            entry.OptionalText("uid"),
            entry.OptionalText("version"),
            entry["made"]!.GetValue<bool>(),
            FieldChanges.FromJson(entry["changes"]));
    }
}
