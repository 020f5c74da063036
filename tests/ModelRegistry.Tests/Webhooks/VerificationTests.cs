using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.ModelRegistry.Tests.Webhooks;

/// <summary>The lines of Python that the documentation gives to receivers, run on what a receiver got.</summary>
public sealed partial class VerificationTests(WebhookPlaneOnSqlite plane)
{
    [Fact]
    public async Task The_documented_lines_of_python_accept_a_delivery_and_no_other_body_or_secret()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        using var registry = RegistryClient.In(plane);
        await registry.WebhookAsync(receiver.Url, "schlüssel", "REGISTERED_MODEL.CREATED");
        await registry.PostAsync("/registered-models/create", new { name = "größe", description = "\"<&>\"" });
        var one = (await receiver.WaitAsync(1))[0];
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "MlopsPlane.sln")))
            root = root.Parent!;
        var lines = PythonBlock().Match(await File.ReadAllTextAsync(Path.Combine(root.FullName, "docs", "webhooks.md"))).Groups["code"].Value;
        Assert.Contains("def verify(", lines, StringComparison.Ordinal);
        var headers = string.Join(", ", one.Headers.Where(header => header.Key.StartsWith("X-MLflow", StringComparison.OrdinalIgnoreCase)).Select(header => $"'{header.Key}': '{header.Value}'"));
        var body = Convert.ToBase64String(Encoding.UTF8.GetBytes(one.Body));
        var script = $"""
            {lines}
            headers, body = {"{"}{headers}{"}"}, base64.b64decode('{body}')
            print(verify('schlüssel', headers, body), verify('other', headers, body), verify('schlüssel', headers, body + b' '), verify('schlüssel', headers, body, -1))
            """;
        Assert.Equal("True False False False", await PythonAsync(script));
    }

    [GeneratedRegex("```python\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PythonBlock();

    private static async Task<string> PythonAsync(string script)
    {
        var info = new ProcessStartInfo("python3", ["-"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        Process python;
        try
        {
            python = Process.Start(info)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Require.Missing("python3");
            return "";
        }

        using (python)
        {
            var complaint = python.StandardError.ReadToEndAsync();
            await python.StandardInput.WriteAsync(script);
            python.StandardInput.Close();
            var output = await python.StandardOutput.ReadToEndAsync();
            Assert.Equal("", await complaint);
            return output.Trim();
        }
    }
}
