import { rspack } from "@rspack/core";

export default {
  mode: "production",
  entry: "./main.js",
  // While developing, Rspack wraps modules in `eval` otherwise, which the strict policy refuses.
  devtool: "source-map",
  // Modules, not scripts: what is loaded later comes by `import()`, which Trusted Types let pass.
  output: { module: true, filename: "[name].js", chunkFilename: "[name].js", clean: true },
  plugins: [new rspack.CopyRspackPlugin({ patterns: ["index.html"] })],
  devServer: {
    historyApiFallback: true,
    // The page is at the site's address, and so is the socket that tells it of changes.
    client: { webSocketURL: "auto://0.0.0.0:0/ws" },
  },
};
