using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Cli.Client;

/// <summary>Durations as a number of seconds, as <c>00:00:01.5</c> or as <c>1.5s</c>: a client reads whatever form its server writes.</summary>
internal sealed class TolerantTimeSpanConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            return TimeSpan.FromSeconds(reader.GetDouble());
        }

        var text = reader.GetString() ?? "";
        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var value) || Durations.TryParse(text, out value)
            ? value
            : throw new JsonException($"'{text}' is no duration");
    }

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteNumberValue(value.TotalSeconds);
}
