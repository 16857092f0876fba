import CopyPlugin from "copy-webpack-plugin";

export default {
  mode: "production",
  entry: "./main.js",
  // While developing, webpack wraps modules in `eval` otherwise, which the strict policy refuses.
  devtool: "source-map",
  // Modules, not scripts: what is loaded later comes by `import()`, which Trusted Types let pass.
  experiments: { outputModule: true },
  output: { module: true, filename: "[name].js", chunkFilename: "[name].js", clean: true },
  plugins: [new CopyPlugin({ patterns: ["index.html"] })],
  devServer: {
    historyApiFallback: true,
    // The page is at the site's address, and so is the socket that tells it of changes.
    client: { webSocketURL: "auto://0.0.0.0:0/ws" },
  },
};
