using System.Text.Json.Serialization;

namespace DrOrchestrator.Kubernetes.Watching;

/// <summary>The fields of a pod that are read off the wire; all others are passed over without being built.</summary>
internal sealed record PodWire(MetadataWire? Metadata, PodSpecWire? Spec, PodStatusWire? Status);

internal sealed record MetadataWire(string? Name, string? Uid, string? ResourceVersion, string? DeletionTimestamp, List<OwnerWire>? OwnerReferences);

internal sealed record OwnerWire(string? Kind, string? Name, bool Controller);

internal sealed record PodSpecWire(string? NodeName);

internal sealed record PodStatusWire(string? Phase, string? Reason, List<ConditionWire>? Conditions, List<ContainerWire>? InitContainerStatuses, List<ContainerWire>? ContainerStatuses);

internal sealed record ConditionWire(string? Type, string? Status, string? Reason);

internal sealed record ContainerWire(int RestartCount, ContainerStateWire? State, ContainerStateWire? LastState);

internal sealed record ContainerStateWire(ContainerEndWire? Waiting, ContainerEndWire? Terminated);

internal sealed record ContainerEndWire(string? Reason, int ExitCode);

/// <summary>One page of a list.</summary>
internal sealed record PodPageWire(PageMetadataWire? Metadata, List<PodWire>? Items);

/// <param name="Continue">Empty on the last page.</param>
internal sealed record PageMetadataWire(string? ResourceVersion, string? Continue);

/// <summary>The object of an ERROR event.</summary>
internal sealed record StatusWire(int Code, string? Reason, string? Message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PodWire))]
[JsonSerializable(typeof(PodPageWire))]
[JsonSerializable(typeof(StatusWire))]
internal sealed partial class WireContext : JsonSerializerContext;
