using System.Text.Json;
using System.Text.Json.Serialization;

namespace DrOrchestrator.Web.Api;

/// <summary>Enumerations as the words people use: <c>at-risk</c>, <c>not-protected</c>, <c>business-verifier</c>.</summary>
internal sealed class WordConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)
    where T : struct, Enum;

/// <summary>Recovery-time marks as plans write them: <c>technicallyConfirmed</c>.</summary>
internal sealed class MarkConverter() : JsonStringEnumConverter<Plans.RtoMark>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);

/// <summary>Durations as seconds.</summary>
internal sealed class SecondsConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => TimeSpan.FromSeconds(reader.GetDouble());

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteNumberValue(value.TotalSeconds);
}
