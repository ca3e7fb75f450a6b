#ifndef FANGPIN_REGISTRY_API_DIVISION_HANDLER_H_
#define FANGPIN_REGISTRY_API_DIVISION_HANDLER_H_

#include <string>

#include "fangpin/registry/v1/division_service.grpc.pb.h"
#include "libs/rpc/method.h"
#include "libs/rpc/page_token.h"
#include "services/registry/core/divisions.h"

namespace fangpin::registry {

// DivisionService over gRPC. The tree is in memory, so every call runs where it arrives.
class DivisionHandler final : public v1::DivisionService::CallbackService {
 public:
  // Both must outlive it. `page_secret`: see rpc::PageTokens.
  DivisionHandler(rpc::Runtime& runtime, Divisions* divisions, std::string page_secret)
      : runtime_(runtime), divisions_(divisions), page_tokens_(std::move(page_secret)) {}

  grpc::ServerUnaryReactor* GetDivision(grpc::CallbackServerContext* context,
                                        const v1::GetDivisionRequest* request,
                                        v1::GetDivisionResponse* response) override;
  grpc::ServerUnaryReactor* ListDivisions(grpc::CallbackServerContext* context,
                                          const v1::ListDivisionsRequest* request,
                                          v1::ListDivisionsResponse* response) override;
  grpc::ServerUnaryReactor* MapDivision(grpc::CallbackServerContext* context,
                                        const v1::MapDivisionRequest* request,
                                        v1::MapDivisionResponse* response) override;

 private:
  static constexpr std::string_view kService = "fangpin.registry.v1.DivisionService";

  rpc::Runtime& runtime_;
  Divisions* const divisions_;
  const rpc::PageTokens page_tokens_;
  rpc::Method<v1::GetDivisionRequest, v1::GetDivisionResponse> get_division_{
      runtime_, kService, "GetDivision", rpc::RunMode::kInline};
  rpc::Method<v1::ListDivisionsRequest, v1::ListDivisionsResponse> list_divisions_{
      runtime_, kService, "ListDivisions", rpc::RunMode::kInline};
  rpc::Method<v1::MapDivisionRequest, v1::MapDivisionResponse> map_division_{
      runtime_, kService, "MapDivision", rpc::RunMode::kInline};
};

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_API_DIVISION_HANDLER_H_
