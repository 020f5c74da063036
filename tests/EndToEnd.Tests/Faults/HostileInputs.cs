using System.Globalization;
using System.Text;

namespace MlopsPlane.EndToEnd.Tests.Faults;

/// <summary>Bodies, query strings and path segments that no client of good will sends. Seeded: a failure repeats.</summary>
internal static class HostileInputs
{
    private static readonly string[] Fields =
    [
        "experiment_id", "experiment_ids", "name", "run_id", "run_uuid", "key", "value", "timestamp", "step", "metrics", "params", "tags",
        "datasets", "models", "max_results", "page_token", "filter", "order_by", "run_view_type", "view_type", "status", "version", "alias",
        "stage", "source", "model_id", "new_name", "archive_existing_versions", "metric_key", "start_step", "end_step", "path", "description",
        "num_parts", "upload_id", "parts", "model_json", "experiment_name", "artifact_location", "start_time", "end_time", "run_ids",
    ];

    /// <summary>What each field must take: text that is no text, and numbers beyond every number.</summary>
    public static readonly string[] AlwaysTried = ["\"\\ud800\"", "\"a\\u0000b\"", "1e999", "\"NaN\"", "{\"\\ud800\":1}", "[\"\\ud800\"]"];

    /// <summary>JSON values of every kind that no field of good will has.</summary>
    public static readonly string[] Values =
    [
        "null", "true", "0", "-1", "1", "1e999", "-1e999", "99999999999999999999999999", "9223372036854775807", "-9223372036854775808", "1.5",
        "\"NaN\"", "\"Infinity\"", "\"\"", "\"x\"", "\"a\\u0000b\"", "\"\\ud800\"", "\"\\udfff\\ud800\"", "\"../../etc/passwd\"", "\"%2e%2e%2f\"",
        "\"m-0123456789abcdef0123456789abcdef\"", "\"0\"", "\"'; DROP TABLE runs; --\"", "[]", "[null]", "[[]]", "[{}]", "[{\"key\":null}]",
        "[{\"key\":\"a\",\"value\":1,\"timestamp\":1,\"step\":1},{\"key\":\"a\"}]", "[\"x\",1]", "{}", "{\"a\":{\"b\":[1]}}", "[\"0\"]",
        "[\"99999999999999999999\"]", "\"metrics.a > 'x' AND\"", "\"params.`a = 1\"", "\"eyJvZmZzZXQiOi0xfQ==\"", "\"ACTIVE_ONLY\"", "\"\\ufeff\\u202e\"",
    ];

    public static IEnumerable<byte[]> Bodies(int seed)
    {
        var random = new Random(seed);
        var noise = new byte[200];
        random.NextBytes(noise);
        yield return noise;
        yield return "{\"a\":"u8.ToArray();
        yield return Encoding.UTF8.GetBytes(new string('[', 5000));
        yield return Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 200)) + "1" + new string('}', 200));
        yield return "[1,2]"u8.ToArray();
        yield return "\"{\\\"name\\\": 1}\""u8.ToArray();
        yield return [(byte)'{', (byte)'"', (byte)'n', (byte)'a', (byte)'m', (byte)'e', (byte)'"', (byte)':', (byte)'"', 0xff, 0xfe, (byte)'"', (byte)'}'];
        yield return "{\"name\":\"a\",\"name\":\"b\",\"name\":1}"u8.ToArray();
        for (var i = 0; i < 6; i++)
            yield return Encoding.UTF8.GetBytes("{" + string.Join(',', Pick(random, 8).Select(field => $"\"{field}\":{Values[random.Next(Values.Length)]}")) + "}");
        yield return Encoding.UTF8.GetBytes("{" + string.Join(',', Fields.Select(field => $"\"{field}\":{Values[random.Next(Values.Length)]}")) + "}");
    }

    public static IEnumerable<string> Queries(int seed)
    {
        var random = new Random(seed);
        yield return "";
        yield return "?run_id=%00&name=%00&experiment_id=%00&metric_key=%00&path=%00";
        yield return "?name=%ff%fe&run_id=%ed%a0%80&path=..%2f..%2fetc%2fpasswd";
        yield return "?max_results=99999999999999999999&experiment_id=99999999999999999999&version=99999999999999999999&name=a&run_id=a&metric_key=a";
        for (var i = 0; i < 6; i++)
            yield return "?" + string.Join('&', Pick(random, 6).Select(field => $"{field}={Uri.EscapeDataString(Unquoted(Values[random.Next(Values.Length)]))}"));
        yield return "?" + string.Join('&', Fields.Select(field => $"{field}={Uri.EscapeDataString(Unquoted(Values[random.Next(Values.Length)]))}"));
    }

    public static string Segment(Random random) => (random.Next(7)) switch
    {
        0 => "0",
        1 => "%F0%9F%98%80",
        2 => new string('a', 3000),
        3 => "m-0123456789abcdef0123456789abcdef",
        4 => "..%252f..",
        5 => "99999999999999999999",
        _ => random.Next().ToString(CultureInfo.InvariantCulture),
    };

    private static IEnumerable<string> Pick(Random random, int count) => Enumerable.Range(0, count).Select(_ => Fields[random.Next(Fields.Length)]).Distinct(StringComparer.Ordinal);

    public static string Unquoted(string value) => value is ['"', .. var inner, '"'] && !inner.Contains("\\u", StringComparison.Ordinal) ? inner : value;
}
