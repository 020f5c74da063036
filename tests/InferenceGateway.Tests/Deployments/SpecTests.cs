using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Deployments.Specs;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Tests.Deployments;

public sealed class SpecTests
{
    private const string Main = """{"name":"main","model":"models:/m/1","weight":100}""";

    public static TheoryData<string, string> Broken => new()
    {
        { "[]", "The body must be a JSON object." },
        { "{}", "'variants' must have at least one entry, or 'model' must name the one model to serve." },
        { """{"model":"models:/m/1","replica":2}""", "'replica' is not known; here may stand: name, model, pool, " },
        { """{"model":"models:/m/1","variants":[]}""", "'model' is the short form of one variant, and must not stand beside 'variants'." },
        { """{"model":5}""", "'model' must be a text." },
        { """{"model":"m"}""", "'model' is 'm', which names no version: it must be models:/name/version or models:/name@alias." },
        { """{"model":"models:/m"}""", "'model' is 'models:/m', which names no version" },
        { """{"model":"models://host/m/1"}""", "which names no version" },
        { """{"model":"models:m/1"}""", "which names no version" },
        { """{"model":"models:/m/0"}""", "which names no version" },
        { """{"model":"models:/m/-1"}""", "which names no version" },
        { """{"model":"models:/m/99999999999"}""", "which names no version" },
        { """{"model":"models:/a/b/1"}""", "which names no version" },
        { """{"model":"models:/@champion"}""", "which names no version" },
        { """{"model":"models:/m@"}""", "which names no version" },
        { """{"model":"models:/m%00/1"}""", "which names no version" },
        { """{"model":"models:/m/Production"}""", "'model' names 'Production', which a deployment does not follow" },
        { """{"model":"models:/m/latest"}""", "'model' names 'latest'" },
        { """{"model":"models:/m@latest"}""", "'model' names 'latest', which a deployment does not follow" },
        { """{"model":"models:/%C3%BC/1"}""", "'name' must be given: the model's name 'ü' makes no name of a deployment." },
        { """{"model":"models:/m/1","name":"-x"}""", "'name' must have 1 to 100 of the characters" },
        { """{"model":"models:/m/1","name":""}""", "'name' must have 1 to " },
        { """{"model":"models:/m/1","name":"a/b"}""", "'name' must have 1 to 100 of the characters" },
        { """{"model":"models:/m/1","name":"a\u0000"}""", "'name' must not contain control characters." },
        { """{"model":"models:/m/1","pool":"a b"}""", "'pool' must have 1 to 63 of the characters" },
        { """{"model":"models:/m/1","replicas":0}""", "'replicas' must be a whole number, 1 to 1000." },
        { """{"model":"models:/m/1","replicas":1.5}""", "'replicas' must be a whole number, 1 to 1000." },
        { """{"model":"models:/m/1","replicas":"1"}""", "'replicas' must be a whole number, 1 to 1000." },
        { """{"model":"models:/m/1","pin":"first"}""", "'pin' must be a list." },
        { """{"model":"models:/m/1","pin":[]}""", "'pin' must have at least one entry, or be left out." },
        { """{"model":"models:/m/1","pin":["first","a b"]}""", "'pin[1]' must be the name of a replica: " },
        { """{"model":"models:/m/1","pin":["first","first"]}""", "'pin[1]' names the replica 'first' twice." },
        { """{"model":"models:/m/1","stickyHeader":"a b"}""", "'stickyHeader' must be the name of an HTTP header." },
        { """{"model":"models:/m/1","instances":65}""", "'instances' must be a whole number, 1 to 64." },
        { """{"model":"models:/m/1","idleUnloadSeconds":0}""", "'idleUnloadSeconds' must be a whole number, 1 to 2592000." },
        { """{"model":"models:/m/1","provider":"cuda"}""", "'provider' must be an object." },
        { """{"model":"models:/m/1","provider":{"kind":"a b"}}""", "'provider.kind' must have 1 to 63 of the characters" },
        { """{"model":"models:/m/1","provider":{"onMissing":"ignore"}}""", "'provider.onMissing' must be one of fail, cpu." },
        { """{"model":"models:/m/1","provider":{"device":0}}""", "'provider.device' is not known; here may stand: kind, onMissing, options." },
        { """{"model":"models:/m/1","provider":{"kind":"npu","options":{"a":1}}}""", "'provider.options.a' must be a text of at most 1024 characters" },
        { """{"model":"models:/m/1","provider":{"options":[]}}""", "'provider.options' must be an object." },
        { """{"model":"models:/m/1","provider":{"options":{"a":"1"}}}""", "'provider.options.a' is no option of the CPU, which has none." },
        { """{"model":"models:/m/1","provider":{"kind":"cuda","options":{"user_compute_stream":"3735928559"}}}""", "'provider.options.user_compute_stream' must be one of arena_extend_strategy, " },
        { """{"model":"models:/m/1","provider":{"kind":"cuda","options":{"gpu_external_alloc":"1"}}}""", "'provider.options.gpu_external_alloc' must be one of " },
        { """{"name":"d","variants":[{"name":"a","model":"models:/m/1","weight":100},{"name":"s","runtime":"external","url":"http://a.example.com","protocol":"openai","shadow":true}]}""", "'variants[1].shadow' cannot be with the protocol 'openai'" },
        { """{"model":"models:/m/1","batching":{"enabled":"yes"}}""", "'batching.enabled' must be true or false." },
        { """{"model":"models:/m/1","batching":{"maxBatch":4097}}""", "'batching.maxBatch' must be a whole number, 1 to 4096." },
        { """{"model":"models:/m/1","batching":{"maxDelayMs":1000.5}}""", "'batching.maxDelayMs' must be a number, 0 to 1000." },
        { """{"model":"models:/m/1","batching":{"maxDelayMs":1e999}}""", "'batching.maxDelayMs' must be a number, 0 to 1000." },
        { """{"model":"models:/m/1","batching":{"preferred":8}}""", "'batching.preferred' must be a list." },
        { """{"model":"models:/m/1","batching":{"maxBatch":16,"preferred":[8,32]}}""", "'batching.preferred[1]' must be a whole number, 1 to 16 (batching.maxBatch)." },
        { """{"model":"models:/m/1","batching":{"preferred":[8,8]}}""", "'batching.preferred[1]' must be greater than the one before it." },
        { """{"model":"models:/m/1","batching":{"queue":0}}""", "'batching.queue' must be a whole number, 1 to 100000." },
        { """{"model":"models:/m/1","batching":{"priorityLevels":9}}""", "'batching.priorityLevels' must be a whole number, 1 to 8." },
        { """{"model":"models:/m/1","batching":{"priorityLevels":2,"defaultPriority":3}}""", "'batching.defaultPriority' must be a whole number, 1 to 2." },
        { """{"model":"models:/m/1","batching":{"timeoutMs":0}}""", "'batching.timeoutMs' must be a whole number, 1 to 3600000." },
        { """{"model":"models:/m/1","warmup":{"source":"random"}}""", "'warmup.source' must be one of generated, file, none." },
        { """{"model":"models:/m/1","warmup":{"source":"file"}}""", "'warmup.file' must be given when 'warmup.source' is 'file'." },
        { """{"model":"models:/m/1","warmup":{"file":"a.json"}}""", "'warmup.file' needs 'warmup.source' to be 'file'." },
        { """{"model":"models:/m/1","warmup":{"source":"file","file":"../a.json"}}""", "'warmup.file' must be a path inside the model's folder." },
        { """{"model":"models:/m/1","warmup":{"source":"file","file":"/etc/passwd"}}""", "'warmup.file' must be a path inside the model's folder." },
        { """{"model":"models:/m/1","warmup":{"count":1001}}""", "'warmup.count' must be a whole number, 1 to 1000." },
        { """{"model":"models:/m/1","cache":{"bytes":-1}}""", "'cache.bytes' must be a whole number, 0 to 68719476736." },
        { """{"model":"models:/m/1","sampling":{"rate":1.01}}""", "'sampling.rate' must be a number, 0 to 1." },
        { """{"model":"models:/m/1","sampling":{"maxBytes":10485761}}""", "'sampling.maxBytes' must be a whole number, 0 to 1048576." },
        { """{"name":"d","variants":{}}""", "'variants' must be a list." },
        { """{"name":"d","variants":[5]}""", "'variants[0]' must be an object." },
        { """{"name":"d","variants":[{"model":"models:/m/1"}]}""", "'variants[0].name' must be given." },
        { """{"name":"d","variants":[{"name":"a b","model":"models:/m/1"}]}""", "'variants[0].name' must have 1 to 63 of the characters" },
        { """{"name":"d","variants":[{"name":"a"}]}""", "'variants[0].model' must be given" },
        { """{"name":"d","variants":[{"name":"a","model":"m"}]}""", "'variants[0].model' is 'm', which names no version" },
        { """{"name":"d","variants":[{"name":"a","model":"models:/m/1","wieght":50}]}""", "'variants[0].wieght' is not known" },
        { """{"name":"d","variants":[{"name":"a","model":"models:/m/1","weight":101}]}""", "'variants[0].weight' must be a whole number, 0 to 100." },
        { """{"name":"d","variants":[{"name":"a","model":"models:/m/1","weight":99}]}""", "'variants' has weights that add up to 99; those of the variants that are no shadows must add up to 100." },
        { """{"name":"d","variants":[{"name":"a","model":"models:/m/1","shadow":true}]}""", "'variants' has shadows only; one at least must answer." },
        { $$"""{"name":"d","variants":[{{Main}},{"name":"s","model":"models:/m/1","shadow":true,"weight":1}]}""", "'variants[1].weight' must be 0 for a shadow" },
        { $$"""{"name":"d","variants":[{{Main}},{{Main}}]}""", "'variants' has two entries with the name 'main'; each needs a name of its own." },
        { """{"variants":[{"name":"a","model":"models:/m/1","weight":50},{"name":"b","model":"models:/m/2","weight":50}]}""", "'name' must be given." },
        { """{"name":"d","variants":[{"name":"a","model":"models:/m/1","runtime":"torch"}]}""", "'variants[0].runtime' must be one of onnx, external." },
        { """{"name":"d","variants":[{"name":"a","model":"models:/m/1","url":"http://x"}]}""", "'variants[0].url' belongs to the runtime 'external' only." },
        { """{"name":"d","variants":[{"name":"a","model":"models:/m/1","protocol":"oip"}]}""", "'variants[0].protocol' belongs to the runtime 'external' only." },
        { """{"name":"d","variants":[{"name":"a","runtime":"external","model":"models:/m/1","url":"http://x","protocol":"oip"}]}""", "'variants[0].model' belongs to the runtime 'onnx' only" },
        { """{"name":"d","variants":[{"name":"a","runtime":"external","protocol":"oip"}]}""", "'variants[0].url' must be given." },
        { """{"name":"d","variants":[{"name":"a","runtime":"external","url":"ftp://x","protocol":"oip"}]}""", "'variants[0].url' must be an http or https address." },
        { """{"name":"d","variants":[{"name":"a","runtime":"external","url":"/x","protocol":"oip"}]}""", "'variants[0].url' must be an http or https address." },
        { """{"name":"d","variants":[{"name":"a","runtime":"external","url":"http://u:p@x","protocol":"oip"}]}""", "'variants[0].url' must not contain credentials." },
        { """{"name":"d","variants":[{"name":"a","runtime":"external","url":"http://x/?a=b","protocol":"oip"}]}""", "'variants[0].url' must be a base address, without ? and #." },
        { """{"name":"d","variants":[{"name":"a","runtime":"external","url":"http://x"}]}""", "'variants[0].protocol' must be one of oip, openai." },
        { """{"name":"d","variants":[{"name":"a","runtime":"external","url":"http://x","protocol":"grpc"}]}""", "'variants[0].protocol' must be one of oip, openai." },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_spec_that_breaks_a_rule_is_refused_with_the_field_and_the_rule(string json, string message)
    {
        var refused = Assert.Throws<PlaneException>(() => Read(json));
        Assert.Equal((400, "invalid_spec"), (refused.Error.Status, refused.Error.Code));
        Assert.Contains(message, refused.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_and_names_have_limits()
    {
        var variants = string.Join(',', Enumerable.Range(0, 17).Select(i => $$"""{"name":"v{{i}}","model":"models:/m/1","weight":0}"""));
        Refused($$"""{"name":"d","variants":[{{variants}}]}""", "'variants' must have at most 16 entries.");
        var options = string.Join(',', Enumerable.Range(0, 65).Select(i => $"\"o{i}\":\"1\""));
        Refused("""{"model":"models:/m/1","provider":{"kind":"npu","options":{""" + options + "}}}", "'provider.options' must have at most 64 entries.");
        Refused("""{"model":"models:/m/1","batching":{"preferred":[""" + string.Join(',', Enumerable.Range(1, 17)) + "]}}", "'batching.preferred' must have at most 16 entries.");
        Refused($$"""{"model":"models:/m/1","name":"{{new string('n', 101)}}"}""", "'name' must have 1 to 100 of the characters");
        Assert.Equal(100, Read($$"""{"model":"models:/{{new string('n', 200)}}/1"}""").Name.Length);
    }

    [Fact]
    public void The_short_form_is_one_variant_that_gets_everything()
    {
        var spec = Read("""{"model":"models:/my%20model@champion","replicas":2}""");
        Assert.Equal(("my-model", "default", 2), (spec.Name, spec.Pool, spec.Replicas));
        Assert.Equal(new VariantSpec { Name = "main", Model = "models:/my%20model@champion", Weight = 100 }, Assert.Single(spec.Variants));
        Assert.Null(Read("""{"model":"linear/3"}""").Replicas);
        Assert.Equal("models:/linear/3", Read("""{"model":"linear/3"}""").Variants[0].Model);
        Assert.Equal("models:/linear@champion", Read("""{"model":"linear@champion"}""").Variants[0].Model);
        Assert.Equal(100, Read("""{"name":"d","variants":[{"name":"a","model":"models:/m/1"},{"name":"s","model":"models:/m/2","shadow":true}]}""").Variants[0].Weight);
    }

    [Fact]
    public void A_whole_spec_is_read_as_written_and_comes_back_from_its_stored_form()
    {
        const string Json = """
            {"name":"d","pool":"gpu","replicas":3,"stickyHeader":"X-User","instances":2,"provider":{"kind":"cuda","onMissing":"cpu","options":{"device_id":"0"}},
             "variants":[{"name":"a","model":"models:/m/1","weight":90},{"name":"b","runtime":"external","url":"https://x.example/base","protocol":"openai","externalModel":"gpt","weight":10},
              {"name":"s","model":"models:/m@next","shadow":true}],
             "batching":{"enabled":false,"maxBatch":64,"maxDelayMs":2.5,"preferred":[8,16],"queue":10,"priorityLevels":3,"defaultPriority":2,"timeoutMs":500},
             "warmup":{"source":"file","file":"warm/one.json","count":3},"cache":{"bytes":1024},"idleUnloadSeconds":60,"sampling":{"rate":0.5,"maxBytes":100}}
            """;
        var spec = Read(Json);
        Assert.Equal(spec.ToJson(), DeploymentSpec.FromJson(spec.ToJson()).ToJson());
        Assert.Equal(spec.ToJson(), Read(spec.ToJson()).ToJson());
        Assert.Equal((1024, 60, 0.5, "warm/one.json", 500), (spec.Cache.Bytes, spec.IdleUnloadSeconds, spec.Sampling.Rate, spec.Warmup.File, spec.Batching.TimeoutMs));
        foreach (var (field, value) in JsonNode.Parse(Json)!.AsObject().Where(field => field.Key is not "variants"))
            Assert.True(JsonNode.DeepEquals(value, JsonNode.Parse(spec.ToJson())![field]), $"{field}: {spec.ToJson()}");
    }

    [Fact]
    public void A_merge_patch_takes_away_merges_and_replaces()
    {
        var spec = Read("""{"model":"models:/m/1","idleUnloadSeconds":60,"batching":{"maxBatch":8,"queue":5}}""");
        var patched = MergePatch.Apply(spec, JsonNode.Parse("""{"idleUnloadSeconds":null,"batching":{"queue":7},"provider":{"kind":"npu","options":{"a":"b"}}}""")!.AsObject());
        Assert.Equal((null, 8, 7, "b"), (patched.IdleUnloadSeconds, patched.Batching.MaxBatch, patched.Batching.Queue, patched.Provider.Options!["a"]));
        patched = MergePatch.Apply(patched, JsonNode.Parse("""{"provider":null,"batching":{"preferred":[2]}}""")!.AsObject());
        Assert.Equal((null, 7), (patched.Provider.Options, patched.Batching.Queue));
        Assert.Contains("'name' cannot be changed", Assert.Throws<PlaneException>(() => MergePatch.Apply(spec, JsonNode.Parse("""{"name":"other"}""")!.AsObject())).Message, StringComparison.Ordinal);
    }

    private static void Refused(string json, string message) =>
        Assert.Contains(message, Assert.Throws<PlaneException>(() => Read(json)).Message, StringComparison.Ordinal);

    private static DeploymentSpec Read(string json)
    {
        using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(json));
        return SpecReader.Read(document.RootElement);
    }
}
