using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using DrOrchestrator.Sandbox.Control;
using DrOrchestrator.Sandbox.FrontDoor;
using DrOrchestrator.Sandbox.Ledger;

namespace DrOrchestrator.Sandbox.Wire;

/// <summary>Shapes of the lab's files, generated at build time: reflection would cost every pod a tenth of a second at its start.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(StoreState))]
[JsonSerializable(typeof(DivergentSuffix))]
[JsonSerializable(typeof(LabFaults))]
[JsonSerializable(typeof(RecordedRequest))]
[JsonSerializable(typeof(Route))]
[JsonSerializable(typeof(LabSettings))]
internal sealed partial class JsonShapes : JsonSerializerContext;
