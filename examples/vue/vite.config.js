import vue from "@vitejs/plugin-vue";

const isCustomElement = (tag) => tag === "mfa-code";

export default { plugins: [vue({ template: { compilerOptions: { isCustomElement } } })] };
